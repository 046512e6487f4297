"""When a verdict was reached and how old it is; the age goes on while the page stands still."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.shared.refresh import refresh_seconds
from dashboard.wording.moment import as_of
from dashboard.wording.words import capitalized


def age_words(reached: datetime) -> str:
    """Say when a verdict was reached, and how long ago that is now."""
    return as_of(reached, datetime.now(UTC))


def draw_age(reached: datetime, more: str = "") -> None:
    """Draw the age as a caption that goes on by itself; ``more`` comes after it."""

    def draw() -> None:
        st.caption(f"{capitalized(age_words(reached))}.{more}")

    st.fragment(draw, run_every=refresh_seconds())()
