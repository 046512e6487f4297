"""Figures on the requests of a time range, read from the rollup: the cost does not grow with traffic."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import sqlalchemy as sa

from storage.database.connection import Database
from storage.errors import InvalidInput, StateConflict
from storage.requests.histogram import Counts, add_up, heat_rows, percentiles
from storage.schema.rollup import (
    MOST_STEPS,
    RESOLUTIONS,
    Resolution,
    resolution_for,
)
from storage.schema.source import SOURCES, Source
from storage.schema.tables import request_rollup
from storage.schema.time_steps import TimeSteps, round_width
from storage.schema.traffic import Figures, Heat, Step, VersionChange

SHARES = (0.5, 0.95, 0.99)
FIRST_ERROR = 400
"""Answers from this status on are errors."""

USUAL_STEPS = 72
"""About so many steps if no width is given: with more than about a hundred, a chart is hard to read."""


@dataclass(frozen=True)
class Range:
    """Round steps of time, of which the last one may not be over ``now``.

    Where a zone's round times lie between those at which requests are counted (at a quarter past, for
    counts of ten minutes), the few minutes between count for the step before.
    """

    steps: TimeSteps
    now: datetime
    resolution: Resolution

    @classmethod
    def before(
        cls,
        now: datetime,
        window: timedelta,
        step: timedelta | None,
        zone: tzinfo = UTC,
        until: datetime | None = None,
    ) -> "Range":
        """Return the steps that cover the window before ``until``, or before now, at a zone's round times.

        Raises
        ------
        InvalidInput
            If there would be too many.
        StateConflict
            If none are kept for that long, or the range has not begun.
        """
        # This moment is part of the range, but a step that has not begun is not.
        end = now + datetime.resolution if until is None or until > now else until
        age = now - (until or now) + window
        begin = now - _kept(age)
        if begin >= now:
            raise StateConflict("The range begins in the future; ask for an earlier one.")
        steps = TimeSteps.covering(begin, end, _width(window, age, step), zone)
        return cls(steps, now, _resolution(steps, age))


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
    requests_by_source: dict[str, int]
    heat: Heat | None


class _Cell(NamedTuple):
    step_start: int
    endpoint: str
    status_code: int
    model_version: str
    requests: int
    latency: bytes
    source: str


@dataclass
class _Sums:
    """Requests by status for each step, and for all of them."""

    by_step: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    total: Counter[int] = field(default_factory=Counter)


def summarize(
    database: Database,
    asked: Range,
    endpoints: Sequence[str] = (),
    sources: Collection[Source] = SOURCES,
    *,
    with_heat: bool = False,
) -> Summary:
    """Return figures on the requests of a range, for some endpoints or (empty) for all, of some sources.

    With how latencies are spread in each step only if that is asked for.

    Raises
    ------
    DatabaseUnavailable
        If the rollup cannot be read now.
    """
    with database.transaction() as connection:
        everything = _read(connection, asked)
        cells = [cell for cell in everything if cell.source in sources]
        counted = [cell for cell in cells if not endpoints or cell.endpoint in endpoints]
        places = _places(counted, asked.steps)
        counts = add_up([cell.latency for cell in counted], places, len(asked.steps.edges) - 1)
    sums = _by_status(counted, places)
    each = percentiles(counts, SHARES)
    whole = percentiles(counts.sum(axis=0, keepdims=True), SHARES)[0]
    return Summary(
        since=asked.steps.since,
        until=asked.steps.until,
        step_seconds=asked.steps.step_seconds,
        series=[
            Step(
                time=step.since,
                until=step.until,
                unfinished=step.is_unfinished(asked.now),
                **_figures(sums.by_step[place], each[place]),
            )
            for place, step in enumerate(asked.steps.each())
        ],
        totals=Figures(**_figures(sums.total, whole)),
        version_changes=version_changes(counted),
        requests_by_endpoint=_by_endpoint(cells),
        requests_by_source=_by_source(everything, endpoints),
        heat=_heat(counts) if with_heat else None,
    )


def _heat(counts: Counts) -> Heat:
    edges, rows = heat_rows(counts)
    return Heat(edges_ms=[1_000 * edge for edge in edges], counts=rows.tolist())


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
        table.step_start >= int(asked.steps.since.timestamp()),
        table.step_start < int(asked.steps.until.timestamp()),
    )
    return [_Cell(*row) for row in connection.execute(query)]


def _places(cells: Sequence[_Cell], steps: TimeSteps) -> list[int]:
    """Return the number of the step in which each cell begins."""
    begins = [cell.step_start for cell in cells]
    places: list[int] = steps.places(begins, _moment(0)).tolist()
    return places


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


def _by_source(cells: Iterable[_Cell], endpoints: Sequence[str]) -> dict[str, int]:
    requests: Counter[str] = Counter()
    for cell in cells:
        if not endpoints or cell.endpoint in endpoints:
            requests[cell.source] += cell.requests
    return {source: requests[source] for source in SOURCES if requests[source]}


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


def _kept(age: timedelta) -> timedelta:
    longest = RESOLUTIONS[-1].kept
    if age > longest:
        raise StateConflict(
            f"Request counts are kept for {longest.days} d; ask for a shorter window."
        )
    return age


def _width(window: timedelta, age: timedelta, step: timedelta | None) -> timedelta:
    """Return the width of the steps of a window that began ``age`` ago."""
    if step is None:
        kept = next(one for one in RESOLUTIONS if age <= one.kept)
        return max(round_width(window, USUAL_STEPS), timedelta(seconds=kept.seconds))
    if step > window:
        raise InvalidInput("The step is longer than the window; ask for a shorter step.")
    if window / step > MOST_STEPS:
        raise InvalidInput(
            f"The window has {window / step:,.0f} such steps; ask for {MOST_STEPS:,} at most, "
            "with a longer step or a shorter window."
        )
    return step


def _resolution(steps: TimeSteps, age: timedelta) -> Resolution:
    """Return the counts from which steps are read, of a window that began ``age`` ago."""
    try:
        resolution = resolution_for(steps.step_seconds)
    except ValueError as error:
        raise InvalidInput(
            "The step must be a whole multiple of 10s, such as 30s or 5m."
        ) from error
    if age > resolution.kept:
        wider = next(one for one in RESOLUTIONS if age <= one.kept)
        raise StateConflict(
            f"A window that begins this long ago is counted in steps of {wider.seconds // 60}m; "
            "ask for a step that is a whole multiple of that."
        )
    exact = (one for one in reversed(RESOLUTIONS) if age <= one.kept and _fits(one, steps))
    return next(exact, resolution)


def _fits(resolution: Resolution, steps: TimeSteps) -> bool:
    return all(edge.timestamp() % resolution.seconds == 0 for edge in steps.edges)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
