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
from storage.predictions.thinning import read_every
from storage.schema.arrays import FloatArray, IntegerArray
from storage.schema.predictions import LabelledPredictions
from storage.schema.source import CUSTOMERS, Source
from storage.schema.source_filter import is_from
from storage.schema.tables import labels, predictions

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
    in_window = _between(version, since, until, sources)
    read = _between(version, min(since, read_since or since), until, sources)
    # A plain IN, not the outer join: the window is scanned once, and rows left out are not joined.
    is_labelled = predictions.c.prediction_id.in_(sa.select(labels.c.prediction_id))
    with database.transaction() as connection:
        total, labelled = connection.execute(
            sa.select(sa.func.count(), sa.func.count().filter(is_labelled)).where(*in_window)
        ).one()
        chosen = sa.or_(
            sa.and_(_every(labelled, most_rows), is_labelled),
            sa.and_(_every(total - labelled, most_rows), sa.not_(is_labelled)),
        )
        found = Columns.read(connection, _joined_rows().where(*read, chosen))
    found = found.sorted_by("timestamp")
    return AnsweredWindow(
        since=since,
        until=until,
        seconds=found.seconds_after(since, "timestamp"),
        numbers=np.array(found.values("id"), dtype=np.int64),
        rows=_rows(found),
        delays=found.seconds_between("timestamp", "labelled_at"),
        total=int(total),
        labelled=int(labelled),
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


def _every(count: int, most_rows: int) -> sa.ColumnElement[bool]:
    """Return the condition that leaves at most about ``most_rows`` of so many rows."""
    return predictions.c.id % read_every(count, most_rows) == 0


def _joined_rows() -> sa.Select[Any]:
    values = [predictions.c[name] for name in NUMBERS]
    joined = predictions.outerjoin(labels, labels.c.prediction_id == predictions.c.prediction_id)
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
