"""Retrain: whether there is a cause, asking for it, following it, and what came of earlier ones."""

import streamlit as st

from dashboard.components.retraining_cancel import draw_cancelling
from dashboard.components.retraining_check import draw_check
from dashboard.components.retraining_form import draw_form
from dashboard.components.retraining_history import draw_history
from dashboard.components.retraining_job import draw_job
from dashboard.components.service import watch_service
from dashboard.settings import dashboard_settings

st.title("Retrain", anchor=False)
watch_service()
pause = dashboard_settings().refresh_seconds
st.fragment(draw_job, run_every=pause)()
check_side, form_side = st.columns([11, 9], gap="large")
with check_side:
    reading = draw_check()
with form_side:
    draw_form(reading)
st.fragment(draw_history, run_every=2 * pause)()
draw_cancelling()
