"""Overview: is it up, how much, how fast, can it be trusted, what happened."""

import streamlit as st

from dashboard.components.event_timeline import draw_events
from dashboard.components.monitoring_panel import draw_drift_summary, draw_error_summary
from dashboard.components.overview import draw_overview
from dashboard.settings import dashboard_settings

st.title("Overview", anchor=False)
pause = dashboard_settings().refresh_seconds
st.fragment(draw_overview, run_every=pause)()
drift_side, error_side = st.columns(2, gap="large")
with drift_side:
    st.fragment(draw_drift_summary, run_every=pause)()
with error_side:
    st.fragment(draw_error_summary, run_every=pause)()
st.fragment(draw_events, run_every=pause)()
