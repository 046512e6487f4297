"""A Plotly chart without zoom or pan."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.charts.colours import LETTERS


def draw_still(
    figure: dict[str, Any],
    name: str,
    height: int,
    alt: str,
    page: str = "predict",
    on_select: Callable[[int], None] | None = None,
) -> None:
    """Draw a figure without a toolbar, its text as dark as the page's.

    Parameters
    ----------
    figure
        Data and layout, under Plotly's names.
    name
        Unique on the page.
    height
        Pixels.
    alt
        A description of the figure.
    page
        Which page it is on.
    on_select
        Called with the number of the mark that a person clicks, of the last trace.
    """
    place = f"{page}_{name}"
    key = f"{place}_chart"

    def selected() -> None:
        marks = st.session_state[key].selection.point_indices
        if marks and on_select is not None:
            on_select(marks[0])

    with st.container(key=place):
        st.html(f"<style>.st-key-{place} svg text {{ fill: {LETTERS} !important }}</style>")
        st.plotly_chart(
            figure,
            key=key,
            on_select="ignore" if on_select is None else selected,
            selection_mode="points",
            height=height,
            config={"displayModeBar": False},
            alt=alt,
        )
