"""The running step of a chart: each kind of series draws it, and nothing of the steps before is lost."""

from typing import Any

from dashboard.charts.time_steps import (
    LINK,
    RING,
    RUNNING,
    RUNNING_WORDS,
    running_words,
    step_datasets,
    with_running,
)

POINTS = [{"time": f"2026-11-20T12:0{minute}:00", "p95": float(minute)} for minute in range(3)]
LINE: dict[str, Any] = {
    "type": "line",
    "name": "p95",
    "encode": {"x": "time", "y": "p95"},
    "symbol": "circle",
    "itemStyle": {"color": "teal"},
    "lineStyle": {"width": 2},
    "markLine": {"data": []},
}
BAND = LINE | {
    "stack": "p95",
    "symbol": "none",
    "lineStyle": {"opacity": 0},
    "areaStyle": {"opacity": 0.2},
    "tooltip": {"show": False},
}
RANGE = LINE | {"symbol": "none"}
BAR = {**LINE, "type": "bar", "stack": "rows"}
LEVEL = {"type": "line", "name": "Expected", "data": [[0, 1], [2, 1]]}


def running(series: dict[str, Any]) -> list[dict[str, Any]]:
    first, *others = with_running([series], unfinished=True)
    assert first is series
    return others


def test_without_a_running_step_the_chart_is_as_it_was() -> None:
    assert with_running([LINE, BAR], unfinished=False) == [LINE, BAR]
    assert step_datasets(POINTS, unfinished=False) == [{"source": POINTS}]
    assert running_words(unfinished=False) == ""
    assert running_words(unfinished=True) == f" {RUNNING_WORDS}"


def test_a_line_is_linked_to_a_ring() -> None:
    link, ring = running(LINE)
    assert (link["datasetIndex"], link["symbol"], link["lineStyle"]["type"]) == (
        LINK,
        "none",
        "dotted",
    )
    assert (ring["datasetIndex"], ring["symbol"]) == (RUNNING, RING)
    assert ring["tooltip"] == {"valueFormatter": "%.4g so far"}
    assert link["tooltip"] == {"show": False}
    assert not any("markLine" in part for part in (link, ring))


def test_a_band_has_no_point_that_would_be_added_to_its_first_step() -> None:
    (link,) = running(BAND)
    assert link["stack"] == "p95 so far"
    assert link["areaStyle"]["opacity"] < BAND["areaStyle"]["opacity"]
    assert link["lineStyle"]["opacity"] == 0


def test_a_line_without_symbols_is_still_said_where_the_mouse_points() -> None:
    _link, unseen = running(RANGE)
    assert (unseen["symbol"], unseen["tooltip"]) == ("none", {"valueFormatter": "%.4g so far"})


def test_a_bar_is_pale_in_the_same_column_and_a_level_stays() -> None:
    (bar,) = running(BAR)
    assert (bar["stack"], bar["barGap"]) == ("rows so far", "-100%")
    assert bar["itemStyle"]["opacity"] < 1
    assert running(LEVEL) == []


def test_a_single_running_step_is_all_there_is() -> None:
    over, only, link = (each["source"] for each in step_datasets(POINTS[:1], unfinished=True))
    assert (over, only, link) == ([], POINTS[:1], POINTS[:1])
