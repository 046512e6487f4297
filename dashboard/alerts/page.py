"""Alerts: what is wrong now, who takes care of it, what ended lately, and by which rules one is told."""

import streamlit as st

from dashboard.alerts.acts import draw_acts
from dashboard.alerts.panel import draw_alerts
from dashboard.alerts.rules import draw_rules
from dashboard.settings import dashboard_settings

st.title("Alerts", anchor=False)
pause = dashboard_settings().refresh_seconds
st.fragment(draw_alerts, run_every=pause)()
st.fragment(draw_rules, run_every=2 * pause)()
draw_acts()
