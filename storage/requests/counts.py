"""Counting requests over time and by value, exactly and however many there are: from the rollup."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.counts import (
    ABOUT_STEPS,
    EPOCH,
    REQUESTS,
    SHORTEST,
    Period,
    count_rows,
    places_of,
    row_counts,
    status_class,
)
from storage.database.filters import RequestFilter
from storage.schema.counts import RowCounts
from storage.schema.rollup import RESOLUTIONS, Resolution
from storage.schema.source import SOURCES
from storage.schema.source_filter import is_from
from storage.schema.tables import request_rollup
from storage.schema.time_steps import ROUND_WIDTHS, TimeSteps, round_width

LONGEST = RESOLUTIONS[-1].kept
_CELL = request_rollup.c


def count_requests(database: Database, asked: RequestFilter, period: Period) -> RowCounts:
    """Count the requests that a filter finds in a period, in the whole steps of the rollup that touch it.

    Slow ones are counted by their rows, because the rollup has no exact latencies.

    Raises
    ------
    DatabaseUnavailable
        If the rollup cannot be read now.
    """
    if asked.min_seconds is not None:
        return count_rows(database, asked, period)
    earliest = period.now - LONGEST
    with database.transaction() as connection:
        since = period.since or _oldest(connection) or period.now
        begin = min(max(since, earliest), period.end - SHORTEST)
        steps, resolution = _steps(replace(period, since=begin))
        conditions = _conditions(asked, resolution, begin, period.end)
        cells = _sums(connection, conditions, "step_start", "status_code")
        values = _sums(connection, conditions, *REQUESTS.facets.values())
    places = places_of(steps, [max(cell.step_start, steps.since.timestamp()) for cell in cells])
    stacks: Counter[tuple[int, str]] = Counter()
    for place, cell in zip(places, cells, strict=True):
        stacks[place, status_class(cell.status_code)] += cell.requests
    facets = {name: _by_value(values, column) for name, column in REQUESTS.facets.items()}
    counted_since = earliest if since < earliest else None
    return row_counts(steps, period.now, counted_since, stacks=stacks, facets=facets)


def _oldest(connection: sa.Connection) -> datetime | None:
    widest = _CELL.resolution_seconds == RESOLUTIONS[-1].seconds
    start = connection.execute(sa.select(sa.func.min(_CELL.step_start)).where(widest)).scalar()
    return None if start is None else EPOCH + timedelta(seconds=start)


def _steps(period: Period) -> tuple[TimeSteps, Resolution]:
    """Return the steps of a chart, and the widest resolution that is kept for them and fits them."""
    begin = period.since or period.end
    kept = [each for each in RESOLUTIONS if period.now - begin <= each.kept]
    finest = kept[0] if kept else RESOLUTIONS[-1]
    about = round_width(period.end - begin, ABOUT_STEPS)
    width = next(
        each
        for each in ROUND_WIDTHS
        if each >= about and int(each.total_seconds()) % finest.seconds == 0
    )
    steps = TimeSteps.covering(begin, period.end, width, period.zone)
    fitting = (each for each in reversed(kept) if _fits(each, steps))
    return steps, next(fitting, finest)


def _fits(resolution: Resolution, steps: TimeSteps) -> bool:
    return all(edge.timestamp() % resolution.seconds == 0 for edge in steps.edges)


def _conditions(
    asked: RequestFilter, resolution: Resolution, begin: datetime, end: datetime
) -> list[sa.ColumnElement[bool]]:
    first = int(begin.timestamp()) // resolution.seconds * resolution.seconds
    conditions = [
        _CELL.resolution_seconds == resolution.seconds,
        _CELL.step_start >= first,
        _CELL.step_start < end.timestamp(),
    ]
    for column, value in (
        (_CELL.endpoint, asked.endpoint),
        (_CELL.status_code, asked.status),
        (_CELL.model_version, asked.model_version),
    ):
        if value is not None:
            conditions.append(column == value)
    if set(asked.sources) != set(SOURCES):
        conditions.append(is_from(_CELL.source, asked.sources))
    return conditions


def _sums(
    connection: sa.Connection, conditions: Sequence[sa.ColumnElement[bool]], *names: str
) -> list[Any]:
    columns = [_CELL[name] for name in names]
    # PostgreSQL adds whole numbers up to decimal ones.
    requests = sa.cast(sa.func.sum(_CELL.requests), sa.BigInteger).label("requests")
    query = sa.select(*columns, requests).where(*conditions).group_by(*columns)
    return [*connection.execute(query)]


def _by_value(cells: Sequence[Any], column: str) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    for cell in cells:
        counts[getattr(cell, column)] += cell.requests
    return counts
