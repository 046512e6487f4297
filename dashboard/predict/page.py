"""Predict: describe a row, and see its prediction and the reasons for it."""

import streamlit as st

from dashboard.predict.answer import ask_prediction, draw_answer, last_answer
from dashboard.predict.form import choose_preset, feature_form, fill_from_address
from dashboard.predict.general import draw_general
from dashboard.predict.tabs import draw_answer_tabs
from dashboard.shared.service import watch_service

st.title("Predict", anchor=False)
watch_service()
fill_from_address()
form_side, answer_side = st.columns([5, 3], gap="medium")
with form_side:
    choose_preset()
    entered = feature_form()
with answer_side:
    if entered is not None:
        ask_prediction(entered)
    draw_answer()
draw_answer_tabs(last_answer())
draw_general()
