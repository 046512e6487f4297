"""One column in detail: overlaid histograms, cumulative shares, and its drift over time."""

from collections.abc import Sequence
from typing import Any

from backend.contract.drift.analysis import CumulativePair, HistogramPair
from backend.contract.drift.timeline import TimelinePoint
from dashboard.charts.chart_panel import panel_grid, quiet_title
from dashboard.charts.colours import HERE, TOTAL, UP
from dashboard.charts.histogram import stepped
from dashboard.charts.time_steps import middle, step_datasets, with_running
from dashboard.wording.drift_words import PREDICTION, column_scale, column_unit
from dashboard.wording.feature_words import feature_named, is_year, whole_years
from dashboard.wording.moment import on_axis
from dashboard.wording.value import in_percent

REFERENCE, CURRENT = "Reference", "Current"
MEASURED, BEYOND, EXPECTED = "Measured", "Beyond the range", "Expected range"


def histogram_option(name: str, pair: HistogramPair) -> dict[str, Any]:
    """Return the chart: the share of rows in each bin, both samples in the same bins."""
    scale = column_scale(name)
    edges = [edge * scale for edge in pair.edges]
    return {
        **_frame("Share of rows, %", [REFERENCE, CURRENT]),
        "xAxis": _input_axis(name, edges[0], edges[-1]),
        "yAxis": _value_axis(),
        "series": [
            _steps(REFERENCE, edges, pair.reference, TOTAL, 0.45, 1),
            _steps(CURRENT, edges, pair.current, UP, 0.15, 2),
        ],
    }


def category_option(words: Sequence[str], pair: HistogramPair) -> dict[str, Any]:
    """Return the chart of a category: the share of rows of each word, both samples side by side."""
    return {
        **_frame("Share of rows, %", [REFERENCE, CURRENT]),
        "xAxis": {
            "type": "category",
            "data": list(words),
            "axisTick": {"show": False},
            "axisLabel": {"hideOverlap": True, "overflow": "truncate", "width": 110},
        },
        "yAxis": _value_axis(),
        "series": [
            _bars(REFERENCE, pair.reference, TOTAL),
            _bars(CURRENT, pair.current, UP),
        ],
    }


def cumulative_option(name: str, pair: CumulativePair) -> dict[str, Any]:
    """Return the chart: the share of rows at or below each value, and where the two differ most."""
    scale = column_scale(name)
    values = [value * scale for value in pair.values]
    return {
        **_frame("Cumulative share, %", [REFERENCE, CURRENT]),
        "xAxis": _input_axis(name, values[1], values[-2]),
        "yAxis": _value_axis() | {"max": 100, "interval": 25},
        "series": [
            _curve(REFERENCE, values, pair.reference, TOTAL),
            _curve(CURRENT, values, pair.current, UP) | {"markLine": _widest(values, pair)},
        ],
    }


def timeline_option(
    points: Sequence[TimelinePoint], statistic: str = "KS statistic"
) -> dict[str, Any]:
    """Return the chart: the statistic of each step, over the expected range; rows below."""
    unfinished = points[-1].unfinished
    span = {"min": on_axis(points[0].since), "max": on_axis(points[-1].until)}
    return {
        "useUTC": True,
        "animationDuration": 300,
        "dataset": step_datasets([*map(_timed, points)], unfinished=unfinished),
        "tooltip": {"trigger": "axis"},
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "legend": {"top": 0, "right": 0, "itemWidth": 18, "data": [MEASURED, EXPECTED, BEYOND]},
        "title": [
            quiet_title(f"{statistic}, %", 2),
            quiet_title("Predictions, n", "66%"),
        ],
        "grid": [panel_grid(36, "42%"), panel_grid("75%", 28)],
        "xAxis": [_time_axis(0, labelled=False) | span, _time_axis(1, labelled=True) | span],
        "yAxis": [_value_axis(), _row_axis()],
        "series": with_running(
            [_expected_band(), _measured(), _beyond(), _row_bars()], unfinished=unfinished
        ),
    }


def _timed(point: TimelinePoint) -> dict[str, Any]:
    measured = in_percent(point.ks_statistic)
    return {
        "time": middle(point.since, point.until),
        "measured": measured,
        "beyond": measured if point.beyond else None,
        "expected": in_percent(point.threshold),
        "rows": point.n_samples,
    }


def _expected_band() -> dict[str, Any]:
    return {
        "type": "line",
        "name": EXPECTED,
        "step": "middle",
        "encode": {"x": "time", "y": "expected"},
        "symbol": "none",
        "itemStyle": {"color": TOTAL},
        "lineStyle": {"color": TOTAL, "width": 1, "type": "dashed"},
        "areaStyle": {"color": TOTAL, "opacity": 0.22},
    }


def _measured() -> dict[str, Any]:
    return {
        "type": "line",
        "name": MEASURED,
        "encode": {"x": "time", "y": "measured"},
        "symbol": "circle",
        "symbolSize": 8,
        "itemStyle": {"color": UP},
        "lineStyle": {"color": UP, "width": 2},
    }


def _beyond() -> dict[str, Any]:
    """Return the marks over those of the measured line that are beyond the expected range."""
    return {
        "type": "line",
        "name": BEYOND,
        "encode": {"x": "time", "y": "beyond"},
        "symbol": "circle",
        "symbolSize": 9,
        "itemStyle": {"color": HERE},
        "lineStyle": {"width": 0},
        "tooltip": {"show": False},
    }


def _row_bars() -> dict[str, Any]:
    return {
        "type": "bar",
        "name": "Predictions",
        "stack": "rows",
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "encode": {"x": "time", "y": "rows"},
        "itemStyle": {"color": TOTAL},
        "barMaxWidth": 18,
    }


def _steps(
    name: str,
    edges: Sequence[float],
    shares: Sequence[float],
    colour: str,
    opacity: float,
    width: int,
) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "step": "end",
        "data": stepped(edges, [100 * share for share in shares]),
        "showSymbol": False,
        "lineStyle": {"width": width, "color": colour},
        "itemStyle": {"color": colour},
        "areaStyle": {"color": colour, "opacity": opacity},
    }


def _bars(name: str, shares: Sequence[float], colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "data": [in_percent(share) for share in shares],
        "itemStyle": {"color": colour},
        "barMaxWidth": 60,
    }


def _curve(
    name: str, values: Sequence[float], shares: Sequence[float], colour: str
) -> dict[str, Any]:
    points = zip(values, shares, strict=True)
    return {
        "type": "line",
        "name": name,
        "data": [[value, 100 * share] for value, share in points],
        "showSymbol": False,
        "lineStyle": {"width": 2, "color": colour},
        "itemStyle": {"color": colour},
    }


def _widest(values: Sequence[float], pair: CumulativePair) -> dict[str, Any]:
    differences = [
        abs(one - other) for one, other in zip(pair.reference, pair.current, strict=True)
    ]
    place = differences.index(max(differences))
    ends = (pair.reference[place], pair.current[place])
    return {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": {"show": False},
        "lineStyle": {"color": HERE, "width": 2, "type": "solid"},
        "data": [[{"coord": [values[place], 100 * end]} for end in ends]],
    }


def _frame(title: str, legend: list[str]) -> dict[str, Any]:
    return {
        "animationDuration": 300,
        "tooltip": {"trigger": "axis", "valueFormatter": "%.3g %%"},
        "legend": {"top": 0, "right": 0, "itemWidth": 18, "data": legend},
        "title": quiet_title(title, 2),
        "grid": _grid(36, 8),
    }


def _grid(top: int | str, bottom: int | str) -> dict[str, Any]:
    return {"left": 4, "right": 14, "top": top, "bottom": bottom}


def _input_axis(name: str, low: float, high: float) -> dict[str, Any]:
    ends = {"min": low, "max": high} if low < high else {"scale": True}
    return {
        "type": "value",
        **ends,
        "name": column_unit(name),
        "nameLocation": "middle",
        "nameGap": 26,
        "splitNumber": 5,
        "splitLine": {"show": False},
        # The ends are percentiles and no round numbers: they would be written over their neighbours.
        "axisLabel": {"showMinLabel": False, "showMaxLabel": False, "hideOverlap": True}
        | whole_years(name != PREDICTION and is_year(feature_named(name))),
        "minInterval": 1 if name != PREDICTION and feature_named(name).kind == "integer" else 0,
    }


def _time_axis(index: int, *, labelled: bool) -> dict[str, Any]:
    return {
        "type": "time",
        "gridIndex": index,
        "axisLabel": {"show": labelled},
        "containShape": False,
    }


def _row_axis() -> dict[str, Any]:
    # The panel is low: more labels would touch.
    return _value_axis() | {"gridIndex": 1, "minInterval": 1, "splitNumber": 2}


def _value_axis() -> dict[str, Any]:
    return {"type": "value", "min": 0, "splitNumber": 3}
