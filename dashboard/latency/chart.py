"""Latency, rate and errors over time, one above the other on one time axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.contract.stored.traffic import Step, SummaryResponse, VersionChange
from dashboard.charts.chart_panel import count_axis, panel_grid, panel_title
from dashboard.charts.colours import DOWN, HERE, SLOWEST, TOTAL, UP
from dashboard.charts.time_steps import middle, step_datasets, with_running
from dashboard.timeline.comparison import BEFORE
from dashboard.timeline.time_chart import draw_time_chart
from dashboard.wording.moment import on_axis, period, step_words
from dashboard.wording.version_words import short_version

HEIGHT = 560
CHART_LEFT = 48
"""Pixels beside the panels."""
LEAST_SHARE_OF_STEP = 0.5
"""Of the current step: before this share of it has passed, its rate says nothing."""
CLIENT_ERRORS = (DOWN, "#a8842c", "#8f6a4a")
SERVER_ERRORS = (HERE, "#b0508a", SLOWEST)
"""Each has a contrast of at least 3 to 1 against both backgrounds; more statuses repeat the colours."""


@dataclass(frozen=True)
class Part:
    """What the chart shows: the steps of a summary."""

    steps: Sequence[Step]
    step: timedelta
    changes: Sequence[VersionChange]
    now: datetime
    before: Sequence[Step] = ()
    """Those of the period before."""

    @property
    def since(self) -> datetime:
        """Begin of the first step."""
        return self.steps[0].time

    @property
    def until(self) -> datetime:
        """End of the last step."""
        return self.steps[-1].until

    @property
    def unfinished(self) -> bool:
        """Whether the last step is not over yet."""
        return self.steps[-1].unfinished

    def statuses(self) -> list[int]:
        """Return the statuses of the errors."""
        return sorted({status for step in self.steps for status in step.errors_by_status})


def part_of(summary: SummaryResponse, before: SummaryResponse | None = None) -> Part:
    """Return what the chart of a summary shows, over the period ``before`` if it is compared with that."""
    step = timedelta(seconds=summary.step_seconds)
    earlier = before.series if before is not None else ()
    return Part(summary.series, step, summary.version_changes, summary.timestamp, earlier)


def draw_latency_chart(part: Part) -> None:
    """Draw the steps."""
    draw_time_chart(
        latency_option(part),
        "latency_chart",
        (part.since, part.until),
        height=HEIGHT,
        alt=f"Latency, rate and errors from {period(part.since, part.until)}",
        left=CHART_LEFT,
        unmarked=("promotion", "rollback"),  # a new version is marked when it first answers
    )


def latency_option(part: Part) -> dict[str, Any]:
    """Return the chart: latency above, rate below it, errors by status at the bottom, in the shown zone."""
    words = step_words(part.step)
    errors = sum(step.errors for step in part.steps)
    axis = {
        "type": "time",
        "min": on_axis(part.since),
        "max": on_axis(part.until),
        "containShape": False,
    }
    return {
        "useUTC": True,
        "animation": False,
        "dataset": step_datasets(
            [_point(step, part) for step in part.steps], unfinished=part.unfinished
        ),
        "tooltip": {"trigger": "axis", "valueFormatter": "%.4g"},
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "legend": {"type": "scroll", "top": 22, "left": 0, "itemWidth": 18},
        "title": [
            panel_title("Latency, ms", 0),
            panel_title("Requests per second", "46%"),
            panel_title(f"Errors per {words}, {errors:,} in total", "70%"),
        ],
        "grid": [_grid(72, "58%"), _grid("52%", "33%"), _grid("76%", 28)],
        "xAxis": [
            axis | {"gridIndex": index, "axisLabel": {"show": index == 2}} for index in range(3)
        ],
        "yAxis": [count_axis(0), count_axis(1), count_axis(2) | {"minInterval": 1}],
        "series": with_running(
            [
                _line("p50", "solid", UP) | {"markLine": _version_marks(part.changes)},
                _line("p95", "dashed", DOWN),
                _line("p99", "dotted", SLOWEST),
                _rate(),
                *_of_before(part),
                *(_errors(status, colour) for status, colour in _colours(part.statuses())),
            ],
            unfinished=part.unfinished,
        ),
    }


def _point(step: Step, part: Part) -> dict[str, Any]:
    return {
        "time": middle(step.time, step.until),
        "p50": step.p50,
        "p95": step.p95,
        "p99": step.p99,
        "Rate": rate_of(step, part),
    } | {str(status): step.errors_by_status.get(status, 0) for status in part.statuses()}


def rate_of(step: Step, part: Part) -> float | None:
    """Return requests per second over the part of the step that has passed; None if that is too short."""
    length = step.until - step.time
    over = min(part.now - step.time, length)
    if over < LEAST_SHARE_OF_STEP * length:
        return None
    return step.requests / over.total_seconds()


def _colours(statuses: Sequence[int]) -> list[tuple[int, str]]:
    client = [status for status in statuses if status < 500]
    server = [status for status in statuses if status >= 500]
    return [
        (status, colours[place % len(colours)])
        for some, colours in ((client, CLIENT_ERRORS), (server, SERVER_ERRORS))
        for place, status in enumerate(some)
    ]


def _version_marks(changes: Sequence[VersionChange]) -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "lineStyle": {"color": TOTAL, "width": 2, "type": "solid"},
        "label": {"formatter": "{b}", "position": "end", "distance": 4, "color": TOTAL},
        "data": [
            {"xAxis": on_axis(one.time), "name": short_version(one.model_version)}
            for one in changes
        ],
    }


def _grid(top: int | str, bottom: int | str) -> dict[str, Any]:
    return panel_grid(top, bottom, left=CHART_LEFT)


def _line(name: str, stroke: str, colour: str) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "encode": {"x": "time", "y": name},
        "itemStyle": {"color": colour},
        "lineStyle": {"width": 2, "type": stroke, "color": colour},
        "symbol": "circle",
        "symbolSize": 4,
        "tooltip": {"valueFormatter": "%.3g ms"},
    }


def _rate() -> dict[str, Any]:
    return {
        "type": "line",
        "name": "Rate",
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "encode": {"x": "time", "y": "Rate"},
        "lineStyle": {"width": 2, "color": TOTAL},
        "itemStyle": {"color": TOTAL},
        "areaStyle": {"color": TOTAL, "opacity": 0.25},
        "symbol": "circle",
        "showSymbol": False,
        "tooltip": {"valueFormatter": "%.3g requests/s"},
    }


def _of_before(part: Part) -> list[dict[str, Any]]:
    """Return p95 and rate of the period before, each at the time that corresponds to it now."""
    if not part.before:
        return []
    later = part.since - part.before[0].time
    times = [middle(step.time + later, step.until + later) for step in part.before]
    p95 = [step.p95 for step in part.before]
    rates = [step.requests / (step.until - step.time).total_seconds() for step in part.before]
    return [
        _faint(name, [*zip(times, values, strict=True)], panel, number)
        for name, values, panel, number in (
            (f"p95 {BEFORE}", p95, 0, "%.3g ms"),
            (f"Rate {BEFORE}", rates, 1, "%.3g requests/s"),
        )
    ]


def _faint(name: str, data: list[Any], panel: int, number: str) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "data": data,
        "xAxisIndex": panel,
        "yAxisIndex": panel,
        "symbol": "none",
        "itemStyle": {"color": TOTAL},
        "lineStyle": {"width": 1.5, "type": "dashed", "color": TOTAL},
        "tooltip": {"valueFormatter": number},
    }


def _errors(status: int, colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": str(status),
        "stack": "errors",
        "xAxisIndex": 2,
        "yAxisIndex": 2,
        "encode": {"x": "time", "y": str(status)},
        "itemStyle": {"color": colour},
        "barMaxWidth": 14,
    }
