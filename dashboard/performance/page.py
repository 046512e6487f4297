"""Performance: the error of predictions, measured and estimated."""

import streamlit as st

from dashboard.performance.label_history import draw_label_history
from dashboard.performance.label_upload import draw_label_upload
from dashboard.performance.panel import draw_performance
from dashboard.shared.refresh import refresh_seconds

st.title("Performance", anchor=False)
# A report takes the service part of a second: it is refreshed at half the rate of other pages.
pause = refresh_seconds()
st.fragment(draw_performance, run_every=None if pause is None else 2 * pause)()
draw_label_upload()
draw_label_history()
