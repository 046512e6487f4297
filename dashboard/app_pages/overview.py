"""Overview: is it up, how much, how fast, can it be trusted, what happened."""

import streamlit as st

from dashboard.components.event_timeline import draw_events
from dashboard.components.monitoring_panel import draw_drift_summary, draw_error_summary
from dashboard.components.overview import draw_overview
from dashboard.settings import dashboard_settings

REPORT_PACE = 6
"""A report costs the service far more than the live figures: it is asked for so many times less often."""

st.title("Overview", anchor=False)
pause = dashboard_settings().refresh_seconds
st.fragment(draw_overview, run_every=pause)()
drift_side, error_side = st.columns(2, gap="large")
with drift_side:
    st.fragment(draw_drift_summary, run_every=REPORT_PACE * pause)()
with error_side:
    st.fragment(draw_error_summary, run_every=REPORT_PACE * pause)()
st.fragment(draw_events, run_every=REPORT_PACE * pause)()
