"""Counting the rows that a filter finds: over time, and by the values of some columns.

At most the newest hundred thousand rows are counted, and at most the newest million looked at: an answer
takes no longer however many are stored. From when on rows are counted is part of it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.filters import Filter, LineFilter, PredictionFilter, RequestFilter, Selection
from storage.database.reach import end_of_reach
from storage.schema.counts import CountStep, Facet, FacetValue, RowCounts
from storage.schema.time_steps import TimeSteps, round_steps
from storage.schema.unreadable import refuse_unreadable

MOST_COUNTED = 100_000
ABOUT_STEPS = 60
MOST_VALUES = 50
SHORTEST = timedelta(minutes=1)
"""The shortest time that is cut into steps, where all rows are of nearly one moment."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Stack = Callable[[Any], str]


@dataclass(frozen=True)
class Counted:
    """What is counted of one kind of rows.

    Attributes
    ----------
    facets
        Columns, by the name of the filter that chooses one of their values.
    stacked
        The column by which steps are stacked.
    stack
        Returns the part of a stack to which a value belongs.
    """

    facets: Mapping[str, str]
    stacked: str
    stack: Stack = str


def status_class(status: Any) -> str:
    """Return the class of an HTTP status.

    >>> status_class(404)
    '4xx'
    """
    return f"{int(status) // 100}xx"


LINES = Counted({"level": "level", "module": "module", "process": "process"}, "level")
REQUESTS = Counted(
    {
        "endpoint": "endpoint",
        "status": "status_code",
        "sources": "source",
        "model_version": "model_version",
    },
    "status_code",
    status_class,
)
PREDICTIONS = Counted({"model_version": "model_version", "sources": "source"}, "source")


@dataclass(frozen=True)
class Period:
    """The time in which rows are counted, and how it is cut.

    Attributes
    ----------
    since, until
        None: as far as there are rows; until ``now``.
    now
        Steps that end later are not over.
    zone
        At whose round times steps begin.
    """

    since: datetime | None
    until: datetime | None
    now: datetime
    zone: tzinfo

    @property
    def end(self) -> datetime:
        """Where it ends: with this moment at the latest, so that no step has not begun."""
        after = self.now + datetime.resolution
        return after if self.until is None else min(self.until, after)


def count_rows(database: Database, asked: Filter, period: Period) -> RowCounts:
    """Count the rows that a filter finds in a period.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    counted = _counted(asked)
    names = tuple(dict.fromkeys([counted.stacked, *counted.facets.values()]))
    with database.transaction() as connection:
        looked = None
        if not asked.is_quickly_found:
            looked = end_of_reach(connection, asked.table, period.since, period.end)
        found = _selection(connection, asked).within(looked or period.since, period.end)
        rows = _newest(connection, found, names)
    more = len(rows) > MOST_COUNTED
    no_columns: list[Any] = [()] * (len(names) + 1)
    moments, *columns = zip(*rows[:MOST_COUNTED], strict=True) if rows else no_columns
    values = dict(zip(names, columns, strict=True))
    oldest = min(moments, default=None)
    counted_since = oldest if more else looked
    steps = _steps(period, counted_since or period.since or oldest)
    places = places_of(steps, [moment.timestamp() for moment in moments])
    stacks = Counter(zip(places, map(counted.stack, values[counted.stacked]), strict=True))
    facets = {name: Counter(values[column]) for name, column in counted.facets.items()}
    return row_counts(steps, period.now, counted_since, stacks=stacks, facets=facets)


def row_counts(
    steps: TimeSteps,
    now: datetime,
    counted_since: datetime | None,
    *,
    stacks: Mapping[tuple[int, str], int],
    facets: Mapping[str, Mapping[Any, int]],
) -> RowCounts:
    """Return the counts in their form; ``stacks`` has rows by the number of a step and part of a stack."""
    parts: list[dict[str, int]] = [{} for _ in steps.each()]
    for (place, part), rows in stacks.items():
        parts[place][part] = rows
    return RowCounts(
        since=steps.since,
        until=steps.until,
        step_seconds=steps.step_seconds,
        steps=[
            CountStep(
                time=step.since, until=step.until, unfinished=step.is_unfinished(now), counts=counts
            )
            for step, counts in zip(steps.each(), parts, strict=True)
        ],
        rows=sum(stacks.values()),
        counted_since=counted_since,
        facets={name: _facet(counts) for name, counts in facets.items()},
    )


def places_of(steps: TimeSteps, seconds: Sequence[float]) -> list[int]:
    """Return the number of the step in which each moment lies, given in seconds since 1970."""
    places: list[int] = steps.places(seconds, EPOCH).tolist()
    return places


def _facet(counts: Mapping[Any, int]) -> Facet:
    found = sorted(
        ((str(value), rows) for value, rows in counts.items() if value not in (None, "") and rows),
        key=lambda each: (-each[1], each[0]),
    )
    return Facet(
        values=[FacetValue(value=value, rows=rows) for value, rows in found[:MOST_VALUES]],
        others=sum(rows for _, rows in found[MOST_VALUES:]),
    )


def _counted(asked: Filter) -> Counted:
    if isinstance(asked, LineFilter):
        return LINES
    return REQUESTS if isinstance(asked, RequestFilter) else PREDICTIONS


def _selection(connection: sa.Connection, asked: Filter) -> Selection:
    if isinstance(asked, PredictionFilter):
        return asked.rarest_first(connection).selection(with_labels=False)
    return asked.selection()


def _newest(
    connection: sa.Connection, found: Selection, names: Sequence[str]
) -> Sequence[sa.Row[Any]]:
    table = found.table.c
    query = found.select(table.timestamp, *(table[name] for name in names))
    order = (column.desc() for column in found.ordered())
    query = query.order_by(*order).limit(MOST_COUNTED + 1)
    rows = connection.execute(query).all()
    refuse_unreadable(query.selected_columns, rows)
    return rows


def _steps(period: Period, begin: datetime | None) -> TimeSteps:
    latest = period.end - SHORTEST
    return round_steps(min(begin or latest, latest), period.end, ABOUT_STEPS, period.zone)
