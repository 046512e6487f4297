"""The admin key of one session: entered by a person, kept in memory only, never in an address or a log."""

import streamlit as st

HELD = "registry_admin_key"
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


def draw_held_key() -> None:
    """Say that a key is kept, with a button to forget it; draw nothing without one."""
    if held_key() is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Using the admin key you entered in this session.")
        st.button("Forget key", key="registry_forget", type="tertiary", on_click=forget_key)
