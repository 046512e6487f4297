"""The admin key of one session: typed by a person, kept in its memory only, never in an address or a log."""

import streamlit as st

HELD = "registry_admin_key"
"""Session state: the key that was accepted last, or absent."""


def held_key() -> str | None:
    """Return the key that this session holds, if it does."""
    key: str | None = st.session_state.get(HELD)
    return key


def keep_key(key: str) -> None:
    """Hold a key that was accepted until the session ends."""
    st.session_state[HELD] = key


def forget_key() -> None:
    """Hold no key any more."""
    st.session_state.pop(HELD, None)


def key_problem(key: str) -> str | None:
    """Say what is wrong with a key before it is sent; None if nothing is.

    Examples
    --------
    >>> key_problem("plain-Key_1"), key_problem("")
    (None, None)
    >>> key_problem("schlüssel")
    'A key has only letters, digits and signs of the plain keyboard.'
    """
    if not key or (key.isascii() and key.isprintable()):
        return None
    return "A key has only letters, digits and signs of the plain keyboard."


def draw_held_key() -> None:
    """Say that a key is held, with a way to forget it; nothing while none is."""
    if held_key() is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("The admin key that you gave in this session is used.")
        st.button("Forget it", key="registry_forget", type="tertiary", on_click=forget_key)
