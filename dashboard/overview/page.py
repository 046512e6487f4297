"""Overview: health, trust, traffic, latency, events."""

import streamlit as st

from dashboard.overview.panel import draw_overview
from dashboard.settings import dashboard_settings

st.title("Overview", anchor=False)
st.fragment(draw_overview, run_every=dashboard_settings().refresh_seconds)()
