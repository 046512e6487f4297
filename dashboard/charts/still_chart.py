"""A Plotly chart without zoom or pan."""

from typing import Any

import streamlit as st

from dashboard.charts.colours import LETTERS


def draw_still(
    figure: dict[str, Any], name: str, height: int, alt: str, page: str = "predict"
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
