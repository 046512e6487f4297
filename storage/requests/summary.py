"""Figures on the requests of a time range, read from the rollup: the cost does not grow with traffic."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from storage.database.connection import Database
from storage.errors import InvalidInput
from storage.requests.histogram import add_up, percentiles
from storage.schema.rollup import (
    MOST_STEPS,
    RESOLUTIONS,
    Resolution,
    resolution_for,
    round_step_seconds,
)
from storage.schema.tables import request_rollup
from storage.schema.traffic import Figures, Step, VersionChange

SHARES = (0.5, 0.95, 0.99)
FIRST_ERROR = 400
"""Answers from this status on are errors."""

USUAL_STEPS = 100
"""Most steps if no width is given: with more, a chart is hard to read."""


@dataclass(frozen=True)
class Range:
    """Whole steps of time, in seconds since 1970; the last one may not be over yet.

    Attributes
    ----------
    since, until
        Start of the first step, end of the last.
    step
        Seconds.
    """

    since: int
    until: int
    step: int
    resolution: Resolution

    @property
    def steps(self) -> int:
        """The number of steps."""
        return (self.until - self.since) // self.step

    @classmethod
    def before(cls, now: datetime, window: timedelta, step: timedelta | None) -> "Range":
        """Return the steps that cover the time window before ``now``, starting at a whole step.

        Raises
        ------
        InvalidInput
            If there would be too many, or none are kept for that long.
        """
        seconds = _seconds(window, step)
        end = now.timestamp()
        since = int(end - window.total_seconds()) // seconds * seconds
        until = (int(end) // seconds + 1) * seconds
        return cls(since, until, seconds, _resolution(seconds, window))


@dataclass(frozen=True)
class Summary:
    """Figures on a range: each step, the total, its endpoints, and when the model version changed."""

    since: datetime
    until: datetime
    step_seconds: int
    series: list[Step]
    totals: Figures
    version_changes: list[VersionChange]
    requests_by_endpoint: dict[str, int]


class _Cell(NamedTuple):
    step_start: int
    endpoint: str
    status_code: int
    model_version: str
    requests: int
    latency: bytes


@dataclass
class _Sums:
    """Requests by status for each step, and for all of them."""

    by_step: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    total: Counter[int] = field(default_factory=Counter)


def summarize(database: Database, asked: Range, endpoints: Sequence[str] = ()) -> Summary:
    """Return figures on the requests of a range, for some endpoints or (empty) for all.

    Raises
    ------
    DatabaseUnavailable
        If the rollup cannot be read now.
    """
    with database.transaction() as connection:
        cells = _read(connection, asked)
        counted = [cell for cell in cells if not endpoints or cell.endpoint in endpoints]
        places = [(cell.step_start - asked.since) // asked.step for cell in counted]
        counts = add_up([cell.latency for cell in counted], places, asked.steps)
    sums = _by_status(counted, places)
    each = percentiles(counts, SHARES)
    whole = percentiles(counts.sum(axis=0, keepdims=True), SHARES)[0]
    return Summary(
        since=_moment(asked.since),
        until=_moment(asked.until),
        step_seconds=asked.step,
        series=[
            Step(
                time=_moment(asked.since + place * asked.step),
                **_figures(sums.by_step[place], each[place]),
            )
            for place in range(asked.steps)
        ],
        totals=Figures(**_figures(sums.total, whole)),
        version_changes=version_changes(counted),
        requests_by_endpoint=_by_endpoint(cells),
    )


def version_changes(cells: Iterable[_Cell]) -> list[VersionChange]:
    """Return each step with a version that did not answer in the previous step with any version."""
    by_time: dict[int, Counter[str]] = defaultdict(Counter)
    for cell in cells:
        if cell.model_version:
            by_time[cell.step_start][cell.model_version] += cell.requests
    changes: list[VersionChange] = []
    before: Counter[str] = Counter()
    for start in sorted(by_time):
        now = by_time[start]
        for version in sorted(now.keys() - before.keys() if before else ()):
            (previous, _), *_rest = before.most_common(1)
            change = VersionChange(
                time=_moment(start), model_version=version, previous_version=previous
            )
            changes.append(change)
        before = now
    return changes


def _read(connection: sa.Connection, asked: Range) -> list[_Cell]:
    table = request_rollup.c
    query = sa.select(*(table[name] for name in _Cell._fields)).where(
        table.resolution_seconds == asked.resolution.seconds,
        table.step_start >= asked.since,
        table.step_start < asked.until,
    )
    return [_Cell(*row) for row in connection.execute(query)]


def _by_status(cells: Sequence[_Cell], places: Sequence[int]) -> _Sums:
    sums = _Sums()
    for cell, place in zip(cells, places, strict=True):
        sums.by_step[place][cell.status_code] += cell.requests
        sums.total[cell.status_code] += cell.requests
    return sums


def _by_endpoint(cells: Iterable[_Cell]) -> dict[str, int]:
    requests: Counter[str] = Counter()
    for cell in cells:
        requests[cell.endpoint] += cell.requests
    return dict(sorted(requests.items()))


def _figures(by_status: Counter[int], seconds: Sequence[float | None]) -> dict[str, Any]:
    errors = {status: by_status[status] for status in sorted(by_status) if status >= FIRST_ERROR}
    p50, p95, p99 = (None if value is None else value * 1_000 for value in seconds)
    return {
        "requests": by_status.total(),
        "errors": sum(errors.values()),
        "errors_by_status": errors,
        "p50": p50,
        "p95": p95,
        "p99": p99,
    }


def _seconds(window: timedelta, step: timedelta | None) -> int:
    if step is None:
        return round_step_seconds(window, USUAL_STEPS)
    if step > window:
        raise InvalidInput("The step is longer than the window; ask for a shorter step.")
    if window / step > MOST_STEPS:
        raise InvalidInput(
            f"The window has {window / step:,.0f} such steps; ask for {MOST_STEPS:,} at most, "
            "with a longer step or a shorter window."
        )
    return int(step.total_seconds())


def _resolution(seconds: int, window: timedelta) -> Resolution:
    longest = RESOLUTIONS[-1].kept
    if window > longest:
        raise InvalidInput(
            f"Request counts are kept for {longest.days} d; ask for a shorter window."
        )
    try:
        resolution = resolution_for(seconds)
    except ValueError as error:
        raise InvalidInput(
            "The step must be a whole multiple of 10s, such as 30s or 5m."
        ) from error
    if window > resolution.kept:
        wider = next(one for one in RESOLUTIONS if window <= one.kept)
        raise InvalidInput(
            f"A window this long is counted in steps of {wider.seconds // 60}m; "
            "ask for a step that is a whole multiple of that."
        )
    return resolution


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
