"""Predictions counted by time step, in the transaction in which the log-writer stores them, exactly once.

A cell holds how many predictions of one step, model version and source are stored, and how many of them have
an actual value. What retention deletes is taken out again, so the cells always add up to the rows.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema.source import Source
from storage.schema.source_filter import is_from
from storage.schema.tables import labels, prediction_rollup, predictions

STEP_SECONDS = 600
STEP_CHARACTERS = len("2026-11-25 21:5")
"""Of a stored time: with a zero after them, when its step begins."""

Answered = tuple[str, str, str]
"""When a prediction was answered, as text in UTC; by which version; its source."""


class Cell(NamedTuple):
    """The key of a cell; the names are those of the key columns."""

    step_start: int
    model_version: str
    source: str


class Counted(NamedTuple):
    """Predictions, and those with an actual value; the names are those of the columns."""

    predictions: int
    labelled: int


NOTHING = Counted(0, 0)


def roll_up_predictions(connection: sa.Connection, answered: Iterable[Answered]) -> None:
    """Count predictions inside the transaction that stores them."""
    counts = _by_cell(answered)
    _change(connection, {cell: Counted(rows, 0) for cell, rows in counts.items()})


def roll_up_labels(connection: sa.Connection, ids: Collection[str]) -> None:
    """Count that the predictions with these ids have an actual value now, and had none before."""
    counts = _by_cell(_answered(connection, predictions.c.prediction_id.in_(ids)))
    _change(connection, {cell: Counted(0, rows) for cell, rows in counts.items()})


def take_out_predictions(connection: sa.Connection, rows: sa.Select[tuple[int]]) -> None:
    """Take predictions out, by the numbers of their rows, inside the transaction that deletes them."""
    gone = predictions.c.id.in_(rows)
    is_labelled = predictions.c.prediction_id.in_(sa.select(labels.c.prediction_id))
    counts = _by_cell(_answered(connection, gone))
    labelled = _by_cell(_answered(connection, sa.and_(gone, is_labelled)))
    _change(connection, {cell: Counted(-counts[cell], -labelled[cell]) for cell in counts})
    starts = [cell.step_start for cell in counts]
    if starts:
        cell = prediction_rollup.c
        emptied = cell.step_start.between(min(starts), max(starts)), cell.predictions <= 0
        connection.execute(sa.delete(prediction_rollup).where(*emptied))


def count_labelled(connection: sa.Connection, since: datetime) -> int:
    """Count the predictions of all versions with an actual value, from the step of ``since`` on."""
    first = int(since.timestamp() // STEP_SECONDS * STEP_SECONDS)
    return _total(connection, prediction_rollup.c.step_start >= first).labelled


def count_window(
    connection: sa.Connection,
    version: str,
    since: datetime,
    until: datetime,
    sources: Collection[Source],
) -> Counted:
    """Count a version's predictions for some sources, from ``since`` on and before ``until``.

    Whole steps are added up; only the rows of the two steps that the window cuts are counted one by one.
    """
    first = -(-since.timestamp() // STEP_SECONDS) * STEP_SECONDS
    last = until.timestamp() // STEP_SECONDS * STEP_SECONDS
    if first >= last:
        return _count_rows(connection, version, since, until, sources)
    cell = prediction_rollup.c
    steps = _total(
        connection,
        cell.model_version == version,
        cell.step_start >= int(first),
        cell.step_start < int(last),
        is_from(cell.source, sources),
    )
    begin, end = (datetime.fromtimestamp(edge, UTC) for edge in (first, last))
    parts = [
        steps,
        _count_rows(connection, version, since, begin, sources),
        _count_rows(connection, version, end, until, sources),
    ]
    return Counted(*map(sum, zip(*parts, strict=True)))


def _by_cell(answered: Iterable[Answered]) -> Counter[Cell]:
    # Grouped by the text first: parsing each time would cost more than counting it.
    groups = Counter(
        (time[:STEP_CHARACTERS], version, source) for time, version, source in answered
    )
    return Counter(
        {
            Cell(_seconds(f"{step}0"), version, source): rows
            for (step, version, source), rows in groups.items()
        }
    )


def _seconds(step: str) -> int:
    return int(datetime.fromisoformat(step).replace(tzinfo=UTC).timestamp())


def _answered(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Answered]:
    row = predictions.c
    query = sa.select(row.timestamp, row.model_version, row.source).where(which)
    return [
        (time.isoformat(" "), version, source)
        for time, version, source in connection.execute(query)
    ]


def _change(connection: sa.Connection, changes: Mapping[Cell, Counted]) -> None:
    if changes:
        # In one order: two writers that lock the same cells must not wait for each other.
        rows = [cell._asdict() | change._asdict() for cell, change in sorted(changes.items())]
        connection.execute(_upsert(connection.dialect.name), rows)


@cache
def _upsert(dialect: str) -> sa.Insert:
    table = prediction_rollup
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    added = {name: table.c[name] + insert.excluded[name] for name in Counted._fields}
    return insert.on_conflict_do_update(index_elements=list(Cell._fields), set_=added)


def _total(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Counted:
    # PostgreSQL adds whole numbers up to decimal ones.
    query = sa.select(
        *(
            sa.cast(sa.func.sum(prediction_rollup.c[name]), sa.BigInteger)
            for name in Counted._fields
        )
    )
    return _counted(connection.execute(query.where(*conditions)).one())


def _count_rows(
    connection: sa.Connection,
    version: str,
    since: datetime,
    until: datetime,
    sources: Collection[Source],
) -> Counted:
    row = predictions.c
    is_labelled = row.prediction_id.in_(sa.select(labels.c.prediction_id))
    query = sa.select(sa.func.count(), sa.func.count().filter(is_labelled)).where(
        row.model_version == version,
        is_from(row.source, sources),
        row.timestamp >= since,
        row.timestamp < until,
    )
    return _counted(connection.execute(query).one())


def _counted(found: Iterable[int | None]) -> Counted:
    return Counted(*(int(each or 0) for each in found))
