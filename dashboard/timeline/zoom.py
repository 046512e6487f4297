"""Zoom by dragging across a chart of time: the header's range, and with it the page, follows."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import streamlit as st

from dashboard.charts.chart_panel import PANEL_LEFT, PANEL_RIGHT
from dashboard.timeline.time_range import MOVED, SHORTEST, show_range
from dashboard.wording.moment import at_share

ZOOM_WORDS = "Drag across the chart to zoom in."

_component = st.components.v2.component(
    "zoom", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def draw_zoom(
    chart: str, since: datetime, until: datetime, left: int = PANEL_LEFT, right: int = PANEL_RIGHT
) -> None:
    """Let the operator drag across a chart that is drawn already.

    Parameters
    ----------
    chart
        Its key.
    since, until
        The ends of its axis.
    left, right
        Pixels beside its panels.
    """
    key = f"{chart}_zoom"
    _component(
        key=key,
        data={"chart": chart, "left": left, "right": right},
        on_part_change=_following(key, since, until),
        width=1,
        height=1,
    )


def _following(key: str, since: datetime, until: datetime) -> Callable[[], None]:
    def follow() -> None:
        part = st.session_state[key].part
        if part is not None:
            begin, end = (at_share(since, until, float(share)) for share in part)
            show_range(begin, max(end, begin + SHORTEST))
            st.session_state[MOVED] = True

    return follow
