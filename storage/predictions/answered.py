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
    within = _between(version, since, until, sources)
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
    read = _between(version, first, until, sources)
    with database.transaction() as connection:
        total, labelled = count_window(connection, version, since, until, sources)
        every_labelled = read_every(labelled, most_rows)
        every_other = read_every(total - labelled, most_rows)
        lookups = count_labelled(connection, first) / every_labelled
        labelled_rows = _labelled_rows(
            first, every_labelled, by_label=COST_OF_LOOKUP * lookups < total
        )
        known = Columns.read(connection, labelled_rows.where(*read))
        others = Columns.read(connection, _other_rows(every_other).where(*read))
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
    within = _between(version, since, until, sources)
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
    version: str, since: datetime, until: datetime, sources: Collection[Source]
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        predictions.c.model_version == version,
        is_from(predictions.c.source, sources),
        predictions.c.timestamp >= since,
        predictions.c.timestamp < until,
    )


def _labelled_rows(since: datetime, every: int, *, by_label: bool) -> sa.Select[Any]:
    """Return the query for labelled rows answered from ``since`` on, every so many-th by the label's id.

    With ``by_label``, the labels are read first and lead to their predictions.
    """
    rows = _joined_rows(isouter=False)
    if by_label:
        label = labels.alias().c
        # A label comes after its answer, so older labels can be skipped.
        some = sa.select(label.prediction_id).where(label.timestamp >= since, label.id % every == 0)
        return rows.where(predictions.c.prediction_id.in_(some))
    return rows if every == 1 else rows.where(labels.c.id % every == 0)


def _other_rows(every: int) -> sa.Select[Any]:
    """Return the query for rows without an actual value, every so many-th by the prediction's id."""
    others = _joined_rows().where(labels.c.id.is_(None))
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
