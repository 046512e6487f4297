"""Retrain: whether to, requesting it, following it, and the results of earlier ones."""

import streamlit as st

from dashboard.retrain.cancel import draw_cancelling
from dashboard.retrain.check import draw_check
from dashboard.retrain.form import draw_form
from dashboard.retrain.history import draw_history
from dashboard.retrain.job import draw_job
from dashboard.retrain.learnable import draw_learnable
from dashboard.shared.refresh import refresh_seconds
from dashboard.shared.service import watch_service

st.title("Retrain", anchor=False)
watch_service()
pause = refresh_seconds()
st.fragment(draw_job, run_every=pause)()
check_side, form_side = st.columns([11, 9], gap="large")
with check_side:
    reading = draw_check()
    usual = draw_learnable()
with form_side:
    draw_form(reading, usual)
st.fragment(draw_history, run_every=None if pause is None else 2 * pause)()
draw_cancelling()
