"""Scoring a file chunk by chunk, with progress; results so far are kept."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.client import ClientError
from dashboard.batch.run import BatchRun
from dashboard.batch.upload import RUNNING
from dashboard.shared.buttons import readable_letters
from dashboard.shared.service import FAILED, failure_sentence, new_client
from dashboard.wording.value import escaped

ACTIONS_KEY = "batch_actions"


def draw_progress(run: BatchRun) -> None:
    """Draw the button that starts, stops or resumes, and score while running."""
    if run.total == 0:
        st.warning("This file has no valid rows.", icon=":material/warning:")
        return
    running = bool(st.session_state.get(RUNNING)) and not run.is_done
    with st.container(key=ACTIONS_KEY):
        readable_letters(ACTIONS_KEY)
        _draw_button(run, running=running)
    if run.scored or running:
        bar = st.progress(run.scored / run.total, progress_words(run))
    if running:
        _score(run, bar)


def progress_words(run: BatchRun) -> str:
    """Say how far it is and how fast."""
    words = f"{run.scored:,} of {run.total:,} rows"
    return f"{words}, {run.rows_per_second:,.0f} rows/s" if run.scored else words


def _draw_button(run: BatchRun, *, running: bool) -> None:
    if running:
        st.button("Stop", icon=":material/stop:", key="batch_stop", on_click=_set, args=(False,))
        return
    if run.stopped is not None:
        st.warning(escaped(_stopped_words(run)), icon=":material/pause_circle:")
    if not run.is_done:
        label = f"Resume at row {run.scored + 1:,}" if run.scored else f"Score {run.total:,} rows"
        st.button(
            label,
            type="primary",
            icon=":material/play_arrow:",
            key="batch_start",
            on_click=_set,
            args=(True,),
        )


def _stopped_words(run: BatchRun) -> str:
    kept = "Download the results so far below, or resume." if run.scored else "Try again."
    return f"Stopped after {run.scored:,} of {run.total:,} rows. {kept} {run.stopped}"


def _set(running: bool) -> None:
    st.session_state[RUNNING] = running


def _score(run: BatchRun, bar: DeltaGenerator) -> None:
    run.stopped = None
    try:
        with new_client(source="batch") as client:
            while not run.is_done:
                run.score_chunk(client)
                # Any click of the operator ends the script here, with the results so far in the run.
                bar.progress(run.scored / run.total, progress_words(run))
    except ClientError as error:
        run.stopped = failure_sentence(error)
        st.session_state[FAILED] = True
    st.session_state[RUNNING] = False
    st.rerun()
