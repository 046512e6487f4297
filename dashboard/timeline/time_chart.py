"""A chart of time as pages draw it: it zooms by dragging, and shows what happened meanwhile."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import streamlit as st

from backend.contract.monitoring import EventRow
from dashboard.charts.chart_panel import PANEL_LEFT
from dashboard.charts.marks import with_marks
from dashboard.shared.service import asking_quietly, housing_client
from dashboard.timeline.happened import draw_happened, marks_of, read_happened
from dashboard.timeline.zoom import draw_zoom


def draw_time_chart(
    option: dict[str, Any],
    key: str,
    ends: tuple[datetime, datetime],
    *,
    height: int,
    alt: str,
    left: int = PANEL_LEFT,
    unmarked: Collection[str] = (),
) -> None:
    """Draw the chart, its marks, and what they mean.

    Parameters
    ----------
    ends
        Of its axis.
    height, left
        Pixels, of the chart and beside its panels.
    unmarked
        Kinds of event that it shows in another way.
    """
    events: list[EventRow] = []
    with asking_quietly("Marks of what happened"):
        found = read_happened(housing_client(), *ends)
        events = [event for event in found if event.kind not in unmarked]
    # The chart keeps its identity, so that new figures move it without flicker.
    st.echarts_chart(with_marks(option, marks_of(events), *ends), height=height, key=key, alt=alt)
    draw_zoom(key, *ends, left=left)
    draw_happened(events, f"{key}_happened")
