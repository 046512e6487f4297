"""Data: the table that the model learned from, its columns, its split, and what is odd about it."""

import streamlit as st

from dashboard.data.panel import draw_data
from dashboard.shared.service import watch_service

st.title("Data", anchor=False)
watch_service()
draw_data()
