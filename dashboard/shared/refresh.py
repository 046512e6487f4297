"""How often an open page reads the service again: chosen in the header."""

import streamlit as st

from dashboard.settings import dashboard_settings

REFRESH = "refresh"
"""Key of the choice, in the session and in the address."""
OFF = "Off"
PACES = {"5 s": 5.0, "30 s": 30.0, "1 min": 60.0}
READING = "_reading"
"""The end of the key of everything that a page has read and keeps."""


def usual_pace() -> str:
    """Return the choice that the settings make."""
    seconds = dashboard_settings().refresh_seconds
    named = {pace: name for name, pace in PACES.items()}
    return named.get(seconds, f"{seconds:g} s")


def paces() -> dict[str, float]:
    """Return the choices, and how many seconds each means."""
    return {usual_pace(): dashboard_settings().refresh_seconds} | PACES


def refresh_seconds() -> float | None:
    """Return the pause between two readings; None: nothing is read again by itself."""
    chosen = st.session_state.get(REFRESH) or usual_pace()
    return paces().get(str(chosen))


def forget_readings() -> None:
    """Forget everything that was read and kept, so that pages read again when they are drawn next."""
    for key in [key for key in st.session_state if str(key).endswith(READING)]:
        del st.session_state[key]
