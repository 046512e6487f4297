"""Logged predictions of a span of time with their intervals and actual values, as arrays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from storage.database.connection import Database
from storage.domain.inputs import FEATURE_NAMES
from storage.predictions.columns import Columns
from storage.predictions.rollup import count_labelled, count_window
from storage.predictions.thinning import read_every
from storage.schema.arrays import FloatArray, IntegerArray
from storage.schema.predictions import LabelledPredictions
from storage.schema.rare_rows import THINNED, THINNED_EVERY
from storage.schema.source import CUSTOMERS, Source
from storage.schema.source_filter import is_from
from storage.schema.tables import labels, predictions

COST_OF_LOOKUP = 30
"""Finding a prediction by its label costs as much as reading so many of a version in order of time."""
NUMBERS = (*FEATURE_NAMES, "prediction", "interval_lower", "interval_upper")


@dataclass(frozen=True)
class AnsweredWindow:
    """One version's predictions from ``since`` on and before ``until``, in order of time.

    Attributes
    ----------
    seconds
        Shape (n,), when each was answered: seconds after ``since``; negative in rows before the window, of a
        step that begins earlier.
    numbers
        Shape (n,), of their rows in the database.
    rows
        With their inputs, and their actual values as far as they are known.
    delays
        Shape (n,), seconds from the answer to the actual value; NaN where there is none yet.
    total, labelled
        Predictions of the window, and those with an actual value, read or not.
    """

    since: datetime
    until: datetime
    seconds: FloatArray
    numbers: IntegerArray
    rows: LabelledPredictions
    delays: FloatArray
    total: int
    labelled: int

    def __len__(self) -> int:
        return len(self.seconds)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Shape (n,), whether each belongs to the window."""
        return self.seconds >= 0


def first_answered(
    database: Database,
    version: str,
    since: datetime,
    until: datetime,
    sources: Collection[Source] = CUSTOMERS,
) -> datetime | None:
    """Return when a version's first prediction for some sources in a span of time was made; None without any.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    moment = predictions.c.timestamp
    within = _between(predictions.c, version, since, until, sources)
    query = sa.select(moment).where(*within).order_by(moment).limit(1)
    with database.transaction() as connection:
        found: datetime | None = connection.execute(query).scalar()
    return found


def read_answered_window(
    database: Database,
    version: str,
    since: datetime,
    until: datetime,
    most_rows: int,
    read_since: datetime | None = None,
    sources: Collection[Source] = CUSTOMERS,
) -> AnsweredWindow:
    """Read a version's predictions for some sources with what is known of their actual values.

    Of more than ``most_rows`` labelled (or unlabelled) ones, only every second, fourth, ... is read, so that
    the whole span is still covered.

    Parameters
    ----------
    read_since
        Rows are read from here on, if that is before the window; they count for none of its totals.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    first = min(since, read_since or since)
    read = (version, first, until, sources)
    with database.transaction() as connection:
        total, labelled = count_window(connection, version, since, until, sources)
        every_labelled = read_every(labelled, most_rows)
        every_other = read_every(total - labelled, most_rows)
        lookups = count_labelled(connection, first) / every_labelled
        rows_of = _rows_by_label if COST_OF_LOOKUP * lookups < total else _labelled_rows
        known = Columns.read(connection, rows_of(every_labelled, *read))
        others = Columns.read(connection, _other_rows(every_other, *read))
    found = (known + others).sorted_by("timestamp")
    return AnsweredWindow(
        since=since,
        until=until,
        seconds=found.seconds_after(since, "timestamp"),
        numbers=np.array(found.values("id"), dtype=np.int64),
        rows=_rows(found),
        delays=found.seconds_between("timestamp", "labelled_at"),
        total=total,
        labelled=labelled,
    )


def read_newest_answered(
    database: Database,
    version: str,
    since: datetime,
    until: datetime,
    most_rows: int,
    sources: Collection[Source] = CUSTOMERS,
) -> AnsweredWindow:
    """Read a version's newest predictions for some sources with what is known of their actual values.

    The totals are of the rows read, at most ``most_rows``.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    moment = predictions.c.timestamp
    within = _between(predictions.c, version, since, until, sources)
    newest = sa.select(predictions.c.id).where(*within).order_by(moment.desc()).limit(most_rows)
    with database.transaction() as connection:
        found = Columns.read(connection, _joined_rows().where(predictions.c.id.in_(newest)))
    found = found.sorted_by("timestamp")
    rows = _rows(found)
    return AnsweredWindow(
        since=since,
        until=until,
        seconds=found.seconds_after(since, "timestamp"),
        numbers=np.array(found.values("id"), dtype=np.int64),
        rows=rows,
        delays=found.seconds_between("timestamp", "labelled_at"),
        total=len(rows),
        labelled=int(rows.is_labelled.sum()),
    )


def _between(
    row: sa.ColumnCollection[str, Any],
    version: str,
    since: datetime,
    until: datetime,
    sources: Collection[Source],
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        row.model_version == version,
        is_from(row.source, sources),
        row.timestamp >= since,
        row.timestamp < until,
    )


def _labelled_rows(
    every: int, version: str, since: datetime, until: datetime, sources: Collection[Source]
) -> sa.Select[Any]:
    """Return the query for labelled rows of a version and time, every so many-th by the label's id."""
    within = _between(predictions.c, version, since, until, sources)
    rows = _joined_rows(isouter=False).where(*within)
    return rows if every == 1 else rows.where(labels.c.id % every == 0)


def _rows_by_label(
    every: int, version: str, since: datetime, until: datetime, sources: Collection[Source]
) -> sa.Select[Any]:
    """Return the query for the same rows that reads the labels first, which lead to their predictions."""
    # A label comes after its answer, so older labels can be skipped.
    some = _joined_rows(isouter=False).where(labels.c.timestamp >= since, labels.c.id % every == 0)
    judged = (predictions.c.model_version, predictions.c.source)
    # Whole before it is filtered: without statistics, SQLite would rather read all rows of the version.
    found = some.add_columns(*judged).cte("found").prefix_with("MATERIALIZED")
    columns = [found.c[column.name] for column in some.selected_columns]
    return sa.select(*columns).where(*_between(found.c, version, since, until, sources))


def _other_rows(
    every: int, version: str, since: datetime, until: datetime, sources: Collection[Source]
) -> sa.Select[Any]:
    """Return the query for rows without an actual value, every so many-th by the prediction's id."""
    within = _between(predictions.c, version, since, until, sources)
    others = _joined_rows().where(*within, labels.c.id.is_(None))
    if every >= THINNED_EVERY:
        others = others.where(sa.text(THINNED.replace("id", "predictions.id")))
    return others if every == 1 else others.where(predictions.c.id % every == 0)


def _joined_rows(*, isouter: bool = True) -> sa.Select[Any]:
    values = [predictions.c[name] for name in NUMBERS]
    is_of = labels.c.prediction_id == predictions.c.prediction_id
    joined = predictions.join(labels, is_of, isouter=isouter)
    known = (labels.c.timestamp.label("labelled_at"), labels.c.actual)
    columns = (predictions.c.id, predictions.c.timestamp, *known, *values)
    return sa.select(*columns).select_from(joined)


def _rows(found: Columns) -> LabelledPredictions:
    return LabelledPredictions(
        inputs=found.inputs(),
        actual=found.number("actual"),
        predicted=found.number("prediction"),
        lower=found.number("interval_lower"),
        upper=found.number("interval_upper"),
    )
