"""Latency: response times, request rate and errors over a range of time."""

import streamlit as st

from dashboard.latency.choice import choose_live
from dashboard.latency.panel import draw_latency
from dashboard.settings import dashboard_settings

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    st.title("Latency", anchor=False, width="content")
    live = choose_live()
st.fragment(draw_latency, run_every=dashboard_settings().refresh_seconds if live else None)()
