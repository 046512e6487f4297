"""Alerts: what is wrong now, who takes care of it, what ended lately, and by which rules one is told."""

import streamlit as st

from dashboard.alerts.acts import draw_acts
from dashboard.alerts.panel import draw_alerts
from dashboard.alerts.rules import draw_rules
from dashboard.alerts.trial import draw_trial
from dashboard.shared.refresh import refresh_seconds

st.title("Alerts", anchor=False)
pause = refresh_seconds()
st.fragment(draw_alerts, run_every=pause)()
st.fragment(draw_rules, run_every=None if pause is None else 2 * pause)()
draw_acts()
draw_trial()
