"""How many rows match: over time, and by value, where a click on a value filters by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import streamlit as st

from backend.contract.stored.counts import CountsResponse, Facet
from dashboard.charts.chart_panel import count_axis, panel_grid, time_axis
from dashboard.charts.colours import DOWN, HERE, TOTAL, UP
from dashboard.charts.time_steps import middle, step_datasets, with_running
from dashboard.shared.sources import NAMES
from dashboard.timeline.time_chart import draw_time_chart
from dashboard.wording.foreign import plain
from dashboard.wording.moment import on_axis, period, step_words, to_the_second

CHART_HEIGHT = 166
"""Pixels; between the legend and the bars there is room for the letters of marks."""
CHART_LEFT = 56
"""Pixels beside the chart."""
MOST_VALUES = 6
"""Values of one facet that are shown; the rest is said."""
VIOLET, GREEN = "#9a70c4", "#4f8f57"
BY_SOURCE: dict[str, str] = {str(source): name for source, name in NAMES.items()}
"""The names of sources; other parts of a stack are shown as they are."""
COLOURS = {
    "DEBUG": UP,
    "INFO": TOTAL,
    "WARNING": DOWN,
    "ERROR": HERE,
    "CRITICAL": VIOLET,
    "2xx": TOTAL,
    "3xx": UP,
    "4xx": DOWN,
    "5xx": HERE,
    "client": UP,
    "console": DOWN,
    "batch": TOTAL,
    "probe": VIOLET,
    "simulation": GREEN,
    "shadow": HERE,
}
"""Of the parts of a stack, in the order in which they are stacked; contrast of 3 to 1 on both grounds."""


@dataclass(frozen=True)
class FacetChoice:
    """One facet: what it is called, and the filter that a click on a value sets.

    Attributes
    ----------
    key
        Session state of the filter.
    chosen
        The value that is filtered by now, as the counts name it; None for any.
    to_state
        What the filter holds for a value.
    nothing
        What the filter holds without a value.
    written
        How a value is shown.
    """

    title: str
    key: str
    chosen: str | None
    to_state: Callable[[str], Any] = str
    nothing: Any = ""
    written: Callable[[str], str] = str


def draw_counts(
    name: str, noun: str, counts: CountsResponse | None, facets: Mapping[str, FacetChoice]
) -> bool:
    """Draw the chart and the facets, if counting worked; return whether a value was clicked.

    Parameters
    ----------
    name
        Prefix of the keys.
    noun
        What is counted, in the plural.
    """
    if counts is None:
        return False
    st.caption(counted_words(noun, counts))
    if not counts.rows:
        return False
    step = step_words(timedelta(seconds=counts.step_seconds))
    draw_time_chart(
        counts_option(counts),
        f"{name}_counts_chart",
        (counts.since, counts.until),
        height=CHART_HEIGHT,
        alt=f"Number of {noun} for each {step}",
        left=CHART_LEFT,
    )
    with st.container(gap=None, key=f"{name}_facets"):
        clicked = [
            _draw_facet(f"{name}_by_{each}", choice, counts.facets[each])
            for each, choice in facets.items()
            if counts.facets[each].values
        ]
    return any(clicked)


def counted_words(noun: str, counts: CountsResponse) -> str:
    """Return how many there are, in which time, and whether that is all."""
    step = step_words(timedelta(seconds=counts.step_seconds))
    rows = f"{counts.rows:,} {noun.removesuffix('s') if counts.rows == 1 else noun}, per {step}"
    if counts.counted_since is None:
        return f"{rows}, {period(counts.since, counts.until)}."
    return (
        f"{rows}, counted since {to_the_second(counts.counted_since)}: older ones are not counted."
    )


def counts_option(counts: CountsResponse) -> dict[str, Any]:
    """Return the chart: bars by step, stacked."""
    seen = {part for step in counts.steps for part in step.counts}
    unfinished = counts.steps[-1].unfinished
    # ECharts knows the columns of the first point only.
    zero = dict.fromkeys(seen, 0)
    points: list[dict[str, Any]] = [
        {"time": middle(step.time, step.until), **zero, **step.counts} for step in counts.steps
    ]
    span = {"min": on_axis(counts.since), "max": on_axis(counts.until)}
    bars = [_bars(part, colour) for part, colour in COLOURS.items() if part in seen]
    return {
        "useUTC": True,
        "animation": False,
        "dataset": step_datasets(points, unfinished=unfinished),
        "tooltip": {"trigger": "axis", "valueFormatter": "%.4g"},
        "legend": {"top": 0, "right": 0, "itemWidth": 14},
        "grid": [panel_grid(44, 24, CHART_LEFT)],
        "xAxis": [time_axis(0, labelled=True) | span],
        "yAxis": [count_axis(0) | {"minInterval": 1}],
        "series": with_running(bars, unfinished=unfinished),
    }


def _bars(part: str, colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": BY_SOURCE.get(part, part),
        "stack": "rows",
        "encode": {"x": "time", "y": part},
        "itemStyle": {"color": colour},
        "barMaxWidth": 18,
    }


def _draw_facet(name: str, choice: FacetChoice, facet: Facet) -> bool:
    shown = facet.values[:MOST_VALUES]
    others = facet.others + sum(each.rows for each in facet.values[MOST_VALUES:])
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=name):
        st.caption(choice.title, width=95)
        clicked = [
            _draw_value(f"{name}_{place}", choice, each.value, each.rows)
            for place, each in enumerate(shown)
        ]
        if others:
            st.caption(f"{others:,} with other values")
    return any(clicked)


def _draw_value(key: str, choice: FacetChoice, value: str, rows: int) -> bool:
    is_chosen = choice.chosen == value

    def choose() -> None:
        st.session_state[choice.key] = choice.nothing if is_chosen else choice.to_state(value)

    return st.button(
        f"{plain(choice.written(value))} :small[:gray[{rows:,}]]",
        key=key,
        icon=":material/close:" if is_chosen else None,
        type="tertiary",
        help="Remove this filter" if is_chosen else None,
        on_click=choose,
    )
