"""Drift: whether recent inputs still look like the training data, and what to do about it."""

import streamlit as st

from dashboard.drift.panel import draw_drift
from dashboard.shared.service import watch_service

st.title("Drift", anchor=False)
watch_service()
draw_drift()
