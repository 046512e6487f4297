"""The slowest requests of each step, endpoint and source, copied while the log-writer stores requests.

The slowest of a range are among the slowest of its steps, so the other requests need not be read.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from heapq import nlargest
from typing import Any, NamedTuple

import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.rows import read_rows
from storage.errors import StateConflict
from storage.requests.stored import RESPONSE_TIME, Row, StoredRequest
from storage.schema.rollup import SLOWEST_KEPT, SLOWEST_RESOLUTIONS
from storage.schema.source import SOURCES, Source
from storage.schema.source_filter import is_from
from storage.schema.tables import slowest_requests
from storage.schema.unreadable import refuse_unreadable

WIDTHS = tuple(resolution.seconds for resolution in SLOWEST_RESOLUTIONS)


class Place(NamedTuple):
    """The key of a list; the names are columns."""

    resolution_seconds: int
    step_start: int
    endpoint: str
    source: str


class Floor(NamedTuple):
    """How many requests a list has, and the lowest latency among them."""

    requests: int
    response_time: float

    def admits(self, request: StoredRequest) -> bool:
        """Whether a request belongs in the list."""
        return self.requests < SLOWEST_KEPT or request.response_time > self.response_time


EMPTY = Floor(0, 0.0)

_TABLE = slowest_requests.c
_FLOORS = (
    sa.select(
        *(_TABLE[name] for name in Place._fields),
        sa.func.count(),
        sa.func.min(_TABLE.response_time),
    )
    .where(
        _TABLE.resolution_seconds == sa.bindparam("width"),
        _TABLE.step_start.between(sa.bindparam("first"), sa.bindparam("last")),
    )
    .group_by(*(_TABLE[name] for name in Place._fields))
)
_INSERT = sa.insert(slowest_requests)
_LIST = slowest_requests.alias()
_BEYOND = (
    sa.select(_LIST.c.id)
    .where(*(_LIST.c[name] == sa.bindparam(f"key_{name}") for name in Place._fields))
    .order_by(_LIST.c.response_time.desc(), _LIST.c.id)
    .offset(SLOWEST_KEPT)
)
_CUT = sa.delete(slowest_requests).where(_TABLE.id.in_(_BEYOND))


def keep_slowest(connection: sa.Connection, groups: Iterable[tuple[int, Sequence[Row]]]) -> None:
    """Keep the requests that are among the slowest of their step, endpoint and source.

    Parameters
    ----------
    groups
        Requests of one endpoint, of one source and of one step of any width that divides those here, with
        the start of the step in seconds since 1970.
    """
    candidates = _candidates(groups)
    floors = _read_floors(connection, candidates)
    added: list[dict[str, Any]] = []
    grown: list[dict[str, Any]] = []
    for place, slow in candidates.items():
        floor = floors.get(place, EMPTY)
        new = [one.columns() | place._asdict() for one in slow if floor.admits(one)]
        added += new
        if new and floor.requests + len(new) > SLOWEST_KEPT:
            grown.append({f"key_{name}": value for name, value in place._asdict().items()})
    if added:
        connection.execute(_INSERT, added)
    if grown:
        connection.execute(_CUT, grown)


def _candidates(groups: Iterable[tuple[int, Sequence[Row]]]) -> dict[Place, list[StoredRequest]]:
    candidates: dict[Place, list[StoredRequest]] = defaultdict(list)
    for start, group in groups:
        slow = [StoredRequest(*row) for row in nlargest(SLOWEST_KEPT, group, key=RESPONSE_TIME)]
        for width in WIDTHS:
            candidates[Place(width, start // width * width, slow[0].endpoint, slow[0].source)] += (
                slow
            )
    return candidates


def _read_floors(connection: sa.Connection, places: Iterable[Place]) -> dict[Place, Floor]:
    """Return the floors of at least these keys, a range of steps at each width."""
    floors: dict[Place, Floor] = {}
    for width in WIDTHS:
        starts = [place.step_start for place in places if place.resolution_seconds == width]
        bounds = {"width": width, "first": min(starts), "last": max(starts)}
        found = connection.execute(_FLOORS, bounds).all()
        refuse_unreadable(_FLOORS.selected_columns, found)
        for *key, requests, seconds in found:
            floors[Place(*key)] = Floor(requests, seconds)
    return floors


def read_slowest(
    database: Database,
    now: datetime,
    window: timedelta,
    endpoints: Sequence[str],
    limit: int,
    sources: Collection[Source] = SOURCES,
    until: datetime | None = None,
) -> list[dict[str, Any]]:
    """Return the slowest requests of the time window before ``until``, or before now, slowest first.

    Parameters
    ----------
    window
        Extended at both ends to a whole step.
    endpoints
        Route templates; empty for all.
    sources
        Whose requests.
    limit
        At most ``SLOWEST_KEPT``, because no more are kept.

    Raises
    ------
    StateConflict
        If the window begins before the oldest list that is kept.
    """
    end = now if until is None else min(until, now)
    age = now - (until or now) + window
    width, begin = _width(age), now - age
    table = slowest_requests.alias().c
    conditions = [
        table.resolution_seconds == width,
        table.step_start >= int(begin.timestamp()) // width * width,
        table.step_start <= int(end.timestamp()),
        *([table.endpoint.in_(endpoints)] if endpoints else []),
        is_from(table.source, sources),
    ]
    # The index alone answers the inner query; only the chosen rows are read.
    chosen = sa.select(table.id).where(*conditions).order_by(table.response_time.desc())
    query = (
        sa.select(slowest_requests)
        .where(_TABLE.id.in_(chosen.limit(limit)))
        .order_by(_TABLE.response_time.desc())
    )
    with database.transaction() as connection:
        return read_rows(connection, query)


def _width(age: timedelta) -> int:
    for resolution in SLOWEST_RESOLUTIONS:
        if age <= resolution.kept:
            return resolution.seconds
    longest = SLOWEST_RESOLUTIONS[-1].kept.days
    raise StateConflict(f"The slowest requests are kept for {longest} d; ask for a shorter window.")
