"""The running retraining, or the last one: stages, progress, time, log, and the button that cancels it."""

from datetime import datetime, timedelta

import streamlit as st

from backend.contract.retraining.runs import RetrainingResponse
from dashboard.retrain.cancel import offer_cancelling
from dashboard.retrain.check import forget_check
from dashboard.retrain.reading import RetrainingReading, follow, read_retraining
from dashboard.retrain.words import (
    SOURCES,
    outcome,
    stage_badges,
    time_words,
    verdict_words,
)
from dashboard.shared.service import asking_service, housing_client
from dashboard.wording.foreign import plain
from dashboard.wording.moment import clock, lasting, moment
from dashboard.wording.plan_words import plan_words
from dashboard.wording.value import escaped

LOG_HEIGHT, LINES_IN_SIGHT = 230, 9
"""Pixels, and the lines that fit; further ones scroll."""
PATIENCE = timedelta(seconds=30)
"""A live worker picks up a request within a second, and reports every five seconds."""
WAS_OPEN = "retrain_was_open"
"""Session state: whether the followed retraining was unfinished at the last look."""


def draw_job() -> None:
    """Draw the current retraining; redraw the page when it has ended."""
    with asking_service():
        reading = read_retraining(housing_client())
        if st.session_state.get(WAS_OPEN, False) and not reading.is_open:
            st.session_state[WAS_OPEN] = False
            forget_check()
            st.rerun()
        st.session_state[WAS_OPEN] = reading.is_open
        if reading.job is None:
            _draw_nothing()
        else:
            _draw_job(reading.job, reading)


def _draw_nothing() -> None:
    with st.container(key="retrain_idle"):
        st.markdown(":gray[:material/check: No retraining is queued or running.]")


def _draw_job(job: RetrainingResponse, reading: RetrainingReading) -> None:
    with st.container(border=True, key="retrain_job"):
        _draw_head(job, reading)
        st.markdown(stage_badges(job))
        if reading.is_open:
            step = job.step or "Waiting for the worker"
            st.progress(job.progress, escaped(f"**{step}** :gray[· {time_words(job)}]"))
            _draw_doubts(job, reading)
        elif words := verdict_words(job):
            st.markdown(plain(words))
        st.text(job.reason)
        if job.plan is not None:
            st.markdown(f":gray[Otherwise than usual: {escaped(plan_words(job.plan))}.]")
        st.caption(_asked_words(job))
        if job.log_tail:
            draw_log(job)


def _draw_head(job: RetrainingResponse, reading: RetrainingReading) -> None:
    words = outcome(job)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(
            f"## :{words.colour}[:material/{words.icon}: {words.title}]"
            f" :small[:gray[{job.trigger_id}]]",
            width="content",
        )
        with st.container(horizontal=True, width="content"):
            if job.mlflow is not None:
                st.link_button("Run in MLflow", job.mlflow.url, icon=":material/open_in_new:")
            if reading.is_open:
                offer_cancelling(job)
            else:
                st.button("Close", icon=":material/close:", key="retrain_close", on_click=_close)


def _close() -> None:
    follow(None)


def _draw_doubts(job: RetrainingResponse, reading: RetrainingReading) -> None:
    """Say what someone who waits for it should know."""
    if job.cancellation is not None:
        st.warning(
            f"Cancelled by {job.cancellation.requested_by}; it stops after this step. "
            "The champion keeps serving.",
            icon=":material/block:",
        )
    if is_quiet(job, job.timestamp):
        st.warning(
            "No worker has picked it up. Check that the `worker` process is running."
            if job.state == "pending"
            else f"No word from the worker since {_last_heard(job)}. Check that it is running; a restarted "
            "worker starts this retraining over.",
            icon=":material/warning:",
        )
    if reading.others_waiting:
        st.caption(f"{reading.others_waiting} more queued.")


def is_quiet(job: RetrainingResponse, now: datetime) -> bool:
    """Whether it has been silent for longer than a live worker would be."""
    heard = job.created_at if job.state == "pending" else (job.heartbeat_at or job.claimed_at)
    return heard is not None and now - heard > PATIENCE


def _last_heard(job: RetrainingResponse) -> str:
    heard = job.heartbeat_at or job.claimed_at
    return clock(heard) if heard is not None else "the start"


def _asked_words(job: RetrainingResponse) -> str:
    who = plain(job.person or job.requested_by)
    words = f"Requested by {who} ({SOURCES[job.source]}), {moment(job.created_at)}"
    if job.finished_at is not None and job.elapsed_seconds is not None:
        words += f"; ended {clock(job.finished_at)} after {lasting(job.elapsed_seconds)}"
    return f"{words}."


def draw_log(job: RetrainingResponse) -> None:
    """Draw the last log lines, newest first, so that the newest is visible."""
    st.caption("Log, newest first")
    lines = "\n".join(reversed(job.log_tail))
    if len(job.log_tail) > LINES_IN_SIGHT:
        st.code(lines, language=None, height=LOG_HEIGHT)
    else:
        st.code(lines, language=None)
