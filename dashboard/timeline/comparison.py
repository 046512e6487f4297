"""Comparison with the period before: whether it is asked for, and how a change is written."""

import streamlit as st

COMPARE = "compare"
"""Key of the header's choice, in the session and in the address."""
BEFORE = "before"


def is_compared() -> bool:
    """Return whether the operator asks for the period of the same length before the shown one."""
    return bool(st.session_state.get(COMPARE, False))


def change_words(now: float | None, before: float | None) -> str | None:
    """Write the change of a figure against the period before; None where there is none to tell.

    Examples
    --------
    >>> change_words(12.0, 10.0), change_words(5.0, 20.0), change_words(10.01, 10.0)
    ('+20%', '-75%', '±0%')
    >>> change_words(50.0, 10.0), change_words(3.0, 0.0), change_words(None, 10.0)
    ('×5', None, None)
    """
    if now is None or not before:
        return None
    ratio = now / before
    if ratio >= 2:
        return f"×{ratio:,.2g}"
    share = round(100 * (ratio - 1))
    return f"{share:+d}%" if share else "±0%"
