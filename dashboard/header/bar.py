"""The header of every page: state of the service, range of time, time zone, refresh."""

import streamlit as st

from dashboard.header.choices import choose_range, choose_refresh, choose_zone
from dashboard.header.state import draw_state
from dashboard.header.style import STYLE
from dashboard.navigation import ConsolePage


def draw_header(page: ConsolePage) -> None:
    """Draw the header of a page; it stands in one row as far as there is room."""
    st.html(STYLE)
    with st.container(
        key="header",
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        gap="small",
    ):
        state = st.container(key="header_state", width="content")
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", width="content"
        ):
            choose_range(page.usual_range)
            choose_zone()
            choose_refresh()
        with state:  # after the choices, which an address may have made
            draw_state(page.usual_range)
