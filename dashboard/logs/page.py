"""Logs: the log lines of all processes, and all requests."""

import streamlit as st

from dashboard.logs.messages import draw_log_list
from dashboard.logs.requests import draw_request_list
from dashboard.shared.service import watch_service

st.title("Logs", anchor=False)
watch_service()
lines, requests = st.tabs(["Log lines", "Requests"], key="logs_tab", on_change="rerun")
if lines.open:
    with lines:
        draw_log_list()
if requests.open:
    with requests:
        draw_request_list()
