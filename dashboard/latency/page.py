"""Latency: response times, request rate and errors over a range of time."""

import streamlit as st

from dashboard.latency.panel import draw_latency
from dashboard.shared.refresh import refresh_seconds

st.title("Latency", anchor=False)
st.fragment(draw_latency, run_every=refresh_seconds())()
