"""A Plotly chart that is looked at and not moved."""

from typing import Any

import streamlit as st

from dashboard.shared.colours import LETTERS


def draw_still(
    figure: dict[str, Any], name: str, height: int, alt: str, page: str = "predict"
) -> None:
    """Draw a figure without a toolbar, its letters as dark as the page's.

    Parameters
    ----------
    figure
        Data and layout, as Plotly's own names have them.
    name
        Unique on the page.
    height
        Pixels.
    alt
        The figure in words.
    page
        Which page it is on.
    """
    place = f"{page}_{name}"
    with st.container(key=place):
        st.html(f"<style>.st-key-{place} svg text {{ fill: {LETTERS} !important }}</style>")
        st.plotly_chart(
            figure,
            key=f"{place}_chart",
            height=height,
            config={"displayModeBar": False},
            alt=alt,
        )
