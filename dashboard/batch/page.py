"""Batch: score a file of rows, report the rows with problems, and list the files scored before."""

import streamlit as st

from dashboard.batch.history import ask_for_person, draw_history, remember
from dashboard.batch.progress import draw_progress
from dashboard.batch.result import draw_result
from dashboard.batch.upload import choose_file, current_run, draw_file
from dashboard.shared.service import watch_service

st.title("Batch", anchor=False)
watch_service()
choose_file()
draw_file()
run = current_run()
if run is not None:
    if not run.is_done:
        ask_for_person()
    draw_progress(run)
    remember(run)
    draw_result(run)
draw_history()
