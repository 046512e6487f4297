"""Logs: the log lines of all processes, all requests, and all predictions."""

import streamlit as st

from dashboard.logs.find import draw_find
from dashboard.logs.messages import draw_log_list
from dashboard.logs.predictions import draw_prediction_list
from dashboard.logs.requests import draw_request_list
from dashboard.shared.service import watch_service

st.title("Logs", anchor=False)
watch_service()
search = draw_find()
lines, requests, predictions = st.tabs(
    ["Log lines", "Requests", "Predictions"], key="logs_tab", on_change="rerun"
)
if lines.open:
    with lines:
        draw_log_list(search.text)
if requests.open:
    with requests:
        draw_request_list()
if predictions.open:
    with predictions:
        draw_prediction_list(search.reference)
