"""The connection to the service, and the one sentence that a page shows when a call fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import streamlit as st

from backend.client import (
    AnswerLate,
    ClientError,
    HousingClient,
    ServiceRefused,
    ServiceUnreachable,
)
from backend.contract.base import STARTING
from backend.contract.query.sources import Source
from dashboard.settings import addresses, dashboard_settings

SAID = "service_said"
"""Session state: the problem shown at the top of the page, or None."""
FAILED = "service_failed"
"""Session state: whether a call of the page itself failed."""


@st.cache_resource(scope="session", on_release=HousingClient.close, show_spinner=False)
def housing_client() -> HousingClient:
    """Return this session's client: a session runs one script at a time, and a client makes one call."""
    return new_client()


def new_client(key: str | None = None, source: Source = "console") -> HousingClient:
    """Return a new client, for a thread, a key or a source of its own; without a key, the console's."""
    settings = dashboard_settings()
    if key is None and settings.key is not None:
        key = settings.key.get_secret_value()
    timeout_seconds = settings.backend_timeout_seconds
    return HousingClient(addresses().backend_url, key, timeout_seconds, source)


def failure_sentence(error: ClientError) -> str:
    """Return the sentence for a failed call."""
    if isinstance(error, ServiceUnreachable) and not isinstance(error, AnswerLate):
        return (
            f"The prediction service at `{addresses().backend_url}` does not answer; "
            "this page recovers as soon as it does."
        )
    return str(error)


@contextmanager
def asking_service() -> Iterator[None]:
    """Show a failed call as one sentence in its place, and skip the rest of the block."""
    try:
        yield
    except ClientError as error:
        st.session_state[FAILED] = True
        sentence = failure_sentence(error)
        if not is_said(sentence):
            _draw(sentence, starting=is_starting(error))


def is_starting(error: ClientError) -> bool:
    """Return whether a call failed only because the service is still starting."""
    return isinstance(error, ServiceRefused) and error.error.code == STARTING


def _draw(sentence: str, *, starting: bool) -> None:
    if starting:
        st.info(sentence, icon=":material/hourglass_top:")
    else:
        st.error(sentence, icon=":material/cloud_off:")


def is_said(sentence: str) -> bool:
    """Return whether the top of the page shows this already: once is enough."""
    return bool(st.session_state.get(SAID) == sentence)


def watch_service() -> None:
    """Show at the top of a page that the service is down, and redraw the page when that changes.

    For pages that call the service only when the operator acts. A page that reads all the time, in a
    fragment of its own, needs only ``asking_service``.
    """
    st.session_state.pop(SAID, None)
    st.session_state.pop(FAILED, None)
    st.fragment(_look, run_every=dashboard_settings().refresh_seconds)()


def _look() -> None:
    problem, starting = _problem()
    first_look = SAID not in st.session_state
    if not first_look and (
        problem != st.session_state[SAID] or st.session_state.get(FAILED, False)
    ):
        st.rerun()
    st.session_state[SAID] = problem
    if problem is not None:
        _draw(problem, starting=starting)


def _problem() -> tuple[str | None, bool]:
    """Return what is wrong, and whether that is only that the service is starting."""
    try:
        health = housing_client().health()
    except ClientError as error:
        return failure_sentence(error), False
    return (None if health.status == "healthy" else health.message), health.code == STARTING


@contextmanager
def asking_quietly(what: str) -> Iterator[None]:
    """Show a failed call as one quiet sentence in its place; ``what`` is its subject."""
    try:
        yield
    except ServiceUnreachable:
        st.caption(f"{what} unavailable while the service does not answer.")
    except ServiceRefused as refused:
        # Without a model or a database the page says why at its top.
        away = refused.error.status == HTTPStatus.SERVICE_UNAVAILABLE
        st.caption(f"{what} unavailable{' at the moment.' if away else f': {refused}'}")
    except ClientError as error:
        st.caption(f"{what} unavailable: {error}")
