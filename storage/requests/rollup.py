"""Requests counted by time step, in the transaction in which the log-writer stores them, exactly once.

A cell holds the number and the latencies of the requests of one step, endpoint, status, model version and
source, once for each resolution. A batch is counted in memory and touches each of its cells once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from storage.requests.histogram import Counts, add_up, count_latencies, encode
from storage.requests.slowest import keep_slowest
from storage.requests.stored import RESPONSE_TIME, Row, moment_stored
from storage.schema.rollup import RESOLUTIONS, SLOWEST_RESOLUTIONS
from storage.schema.tables import request_rollup, slowest_requests

SECOND_CHARACTERS = len("2026-11-25 21:53:35")
FINEST_SECONDS = RESOLUTIONS[0].seconds

KEPT = {request_rollup: RESOLUTIONS, slowest_requests: SLOWEST_RESOLUTIONS}
GRACE = timedelta(days=1)
"""Extra time kept: a range begins at a whole step, a little before the requested start."""
PRUNED_SECONDS = 7_200
"""Most time deleted at once, in seconds: more would delay the records."""


class Cell(NamedTuple):
    """The key of a cell; the names are those of the key columns."""

    resolution_seconds: int
    step_start: int
    endpoint: str
    status_code: int
    model_version: str
    source: str


# Built once: building a statement costs more than executing it.
_READ = sa.select(
    *(request_rollup.c[name] for name in Cell._fields), request_rollup.c.latency
).where(
    request_rollup.c.resolution_seconds == sa.bindparam("width"),
    request_rollup.c.step_start.between(sa.bindparam("first"), sa.bindparam("last")),
)
_UPDATE = sa.update(request_rollup).where(
    *(request_rollup.c[name] == sa.bindparam(f"key_{name}") for name in Cell._fields)
)
_INSERT = sa.insert(request_rollup)


def roll_up(connection: sa.Connection, rows: Sequence[Row]) -> None:
    """Count stored requests, inside the transaction that stores them, and keep the slowest.

    ``rows`` have the fields of ``StoredRequest`` in their order.
    """
    if not rows:
        return
    finest = _by_cell(rows)
    new = _at_every_resolution(finest)
    old = _read_cells(connection, new)
    known = [_key(cell) | _content(new[cell] + old[cell]) for cell in new if cell in old]
    first = [cell._asdict() | _content(new[cell]) for cell in new if cell not in old]
    if known:
        connection.execute(_UPDATE, known)
    if first:
        connection.execute(_INSERT, first)
    keep_slowest(connection, ((cell.step_start, group) for cell, group in finest.items()))


def _by_cell(rows: Iterable[Row]) -> dict[Cell, list[Row]]:
    # Grouped by the text of the second first: parsing each time would cost more than counting it.
    groups: dict[tuple[str, str, int, str | None, str], list[Row]] = defaultdict(list)
    for row in rows:
        time, endpoint, _, status_code, _, _, _, version, _, source, *_ = row
        groups[time[:SECOND_CHARACTERS], endpoint, status_code, version, source].append(row)
    cells: dict[Cell, list[Row]] = defaultdict(list)
    for (second, endpoint, status_code, version, source), group in groups.items():
        start = int(moment_stored(second).timestamp()) // FINEST_SECONDS * FINEST_SECONDS
        cells[Cell(FINEST_SECONDS, start, endpoint, status_code, version or "", source)] += group
    return cells


def _at_every_resolution(finest: Mapping[Cell, Sequence[Row]]) -> dict[Cell, Counts]:
    cells: dict[Cell, Counts] = {}
    for cell, group in finest.items():
        counts = count_latencies([*map(RESPONSE_TIME, group)])
        for resolution in RESOLUTIONS:
            width = resolution.seconds
            wide = cell._replace(
                resolution_seconds=width, step_start=cell.step_start // width * width
            )
            cells[wide] = cells[wide] + counts if wide in cells else counts
    return cells


def _read_cells(connection: sa.Connection, cells: Iterable[Cell]) -> dict[Cell, Counts]:
    """Return those of the cells that already exist."""
    wanted = set(cells)
    found: list[Cell] = []
    contents: list[bytes] = []
    for resolution in RESOLUTIONS:
        width = resolution.seconds
        starts = [cell.step_start for cell in wanted if cell.resolution_seconds == width]
        bounds = {"width": width, "first": min(starts), "last": max(starts)}
        for *key, latency in connection.execute(_READ, bounds):
            if (cell := Cell(*key)) in wanted:
                found.append(cell)
                contents.append(latency)
    counts = add_up(contents, range(len(found)), len(found))
    return dict(zip(found, counts, strict=True))


def _key(cell: Cell) -> dict[str, Any]:
    return {f"key_{name}": value for name, value in cell._asdict().items()}


def _content(counts: Counts) -> dict[str, Any]:
    return {"requests": int(counts.sum()), "latency": encode(counts)}


def prune_steps(connection: sa.Connection, now: datetime) -> dict[str, int]:
    """Delete expired steps, oldest first, a few at a time; return the number of deleted rows by table."""
    deleted: Counter[str] = Counter()
    for table, resolutions in KEPT.items():
        for resolution in resolutions:
            width = table.c.resolution_seconds == resolution.seconds
            oldest = sa.select(sa.func.min(table.c.step_start)).where(width)
            first = connection.execute(oldest).scalar()
            end = int((now - resolution.kept - GRACE).timestamp())
            if first is not None and first < end:
                outdated = table.c.step_start < min(end, first + PRUNED_SECONDS)
                delete = sa.delete(table).where(width, outdated)
                deleted[table.name] += connection.execute(delete).rowcount
    return {table: number for table, number in deleted.items() if number}
