"""One figure of the Overview: with its recent course, what it is of, and the page that has more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dashboard.navigation import ConsolePage
from dashboard.timeline.comparison import change_words

UNKNOWN = "–"


@dataclass(frozen=True)
class Figure:
    """One figure; ``course`` are its recent values, oldest first, empty if it has none.

    ``change`` is the one against the period before, ``then`` what it was; None if that is not asked for.
    """

    label: str
    value: str
    page: ConsolePage
    words: str
    course: Sequence[float] = ()
    drawn: Literal["line", "bar"] = "line"
    change: str | None = None
    then: str = ""


def draw_figures(figures: Sequence[Figure]) -> None:
    """Draw the figures side by side as far as there is room."""
    with st.grid(4, min_column_width=165, gap="small"):
        for figure in figures:
            with st.container(border=True, gap="xxsmall", height="stretch"):
                st.metric(
                    figure.label,
                    figure.value,
                    figure.change,
                    delta_color="off",
                    delta_arrow="off",
                    delta_description=None if figure.change is None else figure.then,
                    help=figure.words,
                    chart_data=[*figure.course] or None,
                    chart_type=figure.drawn,
                )
                figure.page.link()


def against(
    now: float | None, before: float | None, written: Callable[[float], str], when: str = "before"
) -> tuple[str | None, str]:
    """Return the change and what the figure was then, with its unit."""
    change = change_words(now, before)
    return change, "" if change is None or before is None else f"from {written(before)} {when}"


def points_against(
    now: float | None, before: float | None, when: str = "before"
) -> tuple[str | None, str]:
    """Return the change of a share in percentage points, and what it was.

    >>> points_against(0.05, 0.02), points_against(None, 0.1)
    (('+3.0 points', 'from 2.0% before'), (None, ''))
    """
    if now is None or before is None:
        return None, ""
    return f"{100 * (now - before):+.1f} points", f"from {before:.1%} {when}"
