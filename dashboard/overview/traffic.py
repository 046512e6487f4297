"""Recorded requests as figures: how many, how many failed, how fast. Pure functions over rows.

Latency is the time that the service took for an answer, in milliseconds.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from backend.contract.records import RequestRow

MOST_STEPS = 60
"""Points of a chart over time: with more, one can't be hit with the mouse."""

STEPS = tuple(
    timedelta(seconds=seconds) for seconds in (1, 5, 15, 60, 300, 900, 3_600, 21_600, 86_400)
)


@dataclass(frozen=True)
class TrafficSummary:
    """Some requests in figures; the percentiles in milliseconds."""

    requests: int
    errors: int
    p50: float
    p95: float
    since: datetime
    until: datetime

    @property
    def error_share(self) -> float:
        """Failed requests as a share of all, from 0 to 1."""
        return self.errors / self.requests


@dataclass(frozen=True)
class TrafficStep:
    """The requests of one step of time, which begins at ``time``; None: no request, no latency."""

    time: datetime
    answered: int
    failed: int
    p50: float | None
    p95: float | None


def summarize(rows: Sequence[RequestRow]) -> TrafficSummary | None:
    """Summarize some requests; None if there are none."""
    if not rows:
        return None
    p50, p95 = _percentiles(rows)
    times = [row.timestamp for row in rows]
    return TrafficSummary(len(rows), _failed(rows), p50, p95, min(times), max(times))


def step_for(span: timedelta) -> timedelta:
    """Return the width of a step so that a span has at most ``MOST_STEPS`` of them.

    Examples
    --------
    >>> [str(step_for(timedelta(minutes=minutes))) for minutes in (0.3, 50, 500)]
    ['0:00:01', '0:01:00', '0:15:00']
    """
    for step in STEPS:
        if span / step < MOST_STEPS - 1:
            return step
    return STEPS[-1]


def over_time(rows: Sequence[RequestRow], step: timedelta) -> list[TrafficStep]:
    """Return every step from the first request to the last, those without a request too."""
    by_time: dict[datetime, list[RequestRow]] = defaultdict(list)
    for row in rows:
        by_time[_floor(row.timestamp, step)].append(row)
    steps = []
    time = min(by_time, default=datetime.max.replace(tzinfo=UTC))
    while time <= max(by_time, default=datetime.min.replace(tzinfo=UTC)):
        steps.append(_step(time, by_time.get(time, [])))
        time += step
    return steps


def _step(time: datetime, rows: list[RequestRow]) -> TrafficStep:
    if not rows:
        return TrafficStep(time, 0, 0, None, None)
    failed = _failed(rows)
    return TrafficStep(time, len(rows) - failed, failed, *_percentiles(rows))


def _floor(time: datetime, step: timedelta) -> datetime:
    seconds = step.total_seconds()
    return datetime.fromtimestamp(time.timestamp() // seconds * seconds, UTC)


def _failed(rows: Sequence[RequestRow]) -> int:
    return sum(not row.success for row in rows)


def _percentiles(rows: Sequence[RequestRow]) -> tuple[float, float]:
    p50, p95 = np.percentile([row.response_time * 1_000 for row in rows], [50, 95])
    return float(p50), float(p95)
