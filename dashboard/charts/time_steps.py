"""Steps of time in a chart: where their points stand, and how the step that is not over yet is drawn.

Its point is hollow and its link to the one before dotted, its bar is pale, and where the mouse points at it,
the value is "so far". All series read their values from the chart's datasets.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from dashboard.wording.moment import on_axis

OVER, RUNNING, LINK = range(3)
"""Datasets: the steps that are over, the running one, and the running one with the one before."""
FAINT = 0.5
RING = "path://M10 0A10 10 0 1 0 10 20A10 10 0 1 0 10 0ZM10 4A6 6 0 1 1 10 16A6 6 0 1 1 10 4Z"
"""Not ECharts' own hollow circle: that is white inside, in the dark theme too."""
RUNNING_WORDS = "Hollow or pale: a step that is not over yet."
PLAIN = "%.4g"


def middle(since: datetime, until: datetime) -> str:
    """Return the middle of a step, as ISO 8601: a point stands there, above the middle of its bar.

    Examples
    --------
    >>> from datetime import UTC
    >>> middle(datetime(2026, 11, 23, 16, tzinfo=UTC), datetime(2026, 11, 23, 17, tzinfo=UTC))
    '2026-11-23T16:30:00Z'
    """
    return on_axis(since + (until - since) / 2)


def running_words(*, unfinished: bool) -> str:
    """Return a sentence about the running step for a caption, with a space before it; empty without one."""
    return f" {RUNNING_WORDS}" if unfinished else ""


def step_datasets(
    points: Sequence[dict[str, Any]], *, unfinished: bool
) -> list[dict[str, list[dict[str, Any]]]]:
    """Return the datasets of a chart; ``unfinished`` says whether the last step is not over yet."""
    if not unfinished:
        return [{"source": [*points]}]
    return [{"source": [*part]} for part in (points[:-1], points[-1:], points[-2:])]


def with_running(series: Iterable[dict[str, Any]], *, unfinished: bool) -> list[dict[str, Any]]:
    """Return the series, each with its drawing of the running step; those with data of their own as they are.

    The parts of one series share its name, so that the legend hides them together.
    """
    if not unfinished:
        return [*series]
    return [part for one in series for part in (one, *_running(one))]


def _running(series: dict[str, Any]) -> list[dict[str, Any]]:
    if "encode" not in series:
        return []
    plain = {name: value for name, value in series.items() if name != "markLine"}
    if series["type"] == "bar":
        return [_pale(plain)]
    is_seen = series.get("symbol") != "none" or series.get("tooltip", {}).get("show", True)
    return [_link(plain), *([_point(plain)] if is_seen else [])]


def _pale(bar: dict[str, Any]) -> dict[str, Any]:
    # In a stack of its own, because series of one stack are added by their places; and in the same column.
    return bar | {
        "datasetIndex": RUNNING,
        "stack": f"{bar['stack']} so far",
        "barGap": "-100%",
        "itemStyle": bar["itemStyle"] | {"opacity": FAINT},
        **_so_far(bar),
    }


def _link(line: dict[str, Any]) -> dict[str, Any]:
    """Return the dotted link from the step before; of a band its part, half as strong."""
    stroke = line.get("lineStyle", {})
    faint = {"opacity": FAINT * stroke.get("opacity", 1), "type": "dotted"}
    link = line | {
        "datasetIndex": LINK,
        "lineStyle": stroke | faint,
        "symbol": "none",
        "silent": True,
        "tooltip": {"show": False},
    }
    if "areaStyle" in line:
        area = line["areaStyle"]
        link["areaStyle"] = area | {"opacity": FAINT * area["opacity"]}
    if "stack" in line:
        link["stack"] = f"{line['stack']} so far"
    return link


def _point(line: dict[str, Any]) -> dict[str, Any]:
    """Return the running step's point; of a line without symbols only what is said where the mouse points."""
    ring = {"symbol": RING, "symbolSize": 10, "showSymbol": True}
    shown = ring if line.get("symbol") != "none" else {}
    return line | {"datasetIndex": RUNNING} | shown | _so_far(line)


def _so_far(series: dict[str, Any]) -> dict[str, Any]:
    if not series.get("tooltip", {}).get("show", True):
        return {}
    number = series.get("tooltip", {}).get("valueFormatter", PLAIN)
    return {"tooltip": {"valueFormatter": f"{number} so far"}}
