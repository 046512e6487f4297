"""The admin key of one session: entered by a person, kept in memory only, never in an address or a log."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

import streamlit as st

from backend.client import ClientError, HousingClient, ServiceRefused
from dashboard.shared.service import failure_sentence, new_client

Answer = TypeVar("Answer")
NO_ROLE = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
HELD = "admin_key"
"""Session state: the last accepted key, or absent."""


def held_key() -> str | None:
    """Return this session's key, or None."""
    key: str | None = st.session_state.get(HELD)
    return key


def keep_key(key: str) -> None:
    """Keep an accepted key until the session ends."""
    st.session_state[HELD] = key


def forget_key() -> None:
    """Forget the key."""
    st.session_state.pop(HELD, None)


def key_problem(key: str) -> str | None:
    """Say what is wrong with a key before it is sent; None if nothing is.

    Examples
    --------
    >>> key_problem("plain-Key_1"), key_problem("")
    (None, None)
    >>> key_problem("schlüssel")
    'The key may contain only ASCII letters, digits and punctuation.'
    """
    if not key or (key.isascii() and key.isprintable()):
        return None
    return "The key may contain only ASCII letters, digits and punctuation."


def ask_key(name: str) -> str:
    """Draw the field for the key unless one is kept already; return what was entered, or an empty text."""
    if held_key() is not None:
        return ""
    entered = st.text_input(
        "Admin key",
        type="password",
        key=name,
        autocomplete="off",
        help="A named key with the role admin, or the service's HOUSING_ADMIN_KEY, which `make up` stores in "
        "runtime/keys.env. It is kept for this session only. If empty, the console's own key is used, which "
        "may not have the role.",
    )
    return (entered or "").strip()


def ask_valid_key(name: str) -> tuple[str, bool]:
    """Draw the kept key or the field for one; return what was entered, and whether it can be sent."""
    draw_held_key()
    entered = ask_key(name)
    problem = key_problem(entered)
    if problem is not None:
        st.error(problem, icon=":material/edit:")
    return entered, problem is None


def attempt_with_key(entered: str, call: Callable[[HousingClient], Answer]) -> Answer | None:
    """Make a call with the entered or the kept key; if it is refused, say why and return None.

    An entered key that was accepted is kept; one that does not have the role is forgotten, so that another
    one can be entered.
    """
    try:
        with new_client(entered or held_key()) as client:
            answer = call(client)
    except ClientError as error:
        if isinstance(error, ServiceRefused) and error.error.status in NO_ROLE:
            forget_key()
        st.error(failure_sentence(error), icon=":material/error:")
        return None
    if entered:
        keep_key(entered)
    return answer


def draw_held_key() -> None:
    """Say that a key is kept, with a button to forget it; draw nothing without one."""
    if held_key() is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Using the admin key you entered in this session.")
        st.button("Forget key", key="admin_key_forget", type="tertiary", on_click=forget_key)
