"""Performance: how far off the answers were, and how far off they probably are."""

import streamlit as st

from dashboard.performance.label_upload import draw_label_upload
from dashboard.performance.panel import draw_performance
from dashboard.settings import dashboard_settings

st.title("Performance", anchor=False)
# A report takes the service a good part of a second: it is asked for at half the pace of other pages.
st.fragment(draw_performance, run_every=2 * dashboard_settings().refresh_seconds)()
draw_label_upload()
