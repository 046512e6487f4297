"""Overview: health, trust, traffic, latency, events."""

import streamlit as st

from dashboard.overview.note import draw_note
from dashboard.overview.panel import draw_overview
from dashboard.shared.refresh import refresh_seconds

st.title("Overview", anchor=False)
st.fragment(draw_overview, run_every=refresh_seconds())()
draw_note()
