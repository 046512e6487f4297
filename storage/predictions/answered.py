"""Logged predictions of a span of time with their intervals and actual values, as arrays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from storage.database.connection import Database
from storage.domain.inputs import FEATURE_NAMES
from storage.schema.arrays import FloatArray
from storage.schema.tables import labels, predictions

NUMBERS = (*FEATURE_NAMES, "prediction", "interval_lower", "interval_upper")


@dataclass(frozen=True)
class AnsweredWindow:
    """One version's predictions from ``since`` on and before ``until``, in order of time.

    Attributes
    ----------
    seconds
        Shape (n,), when each was answered: seconds after ``since``.
    inputs
        Shape (n, 8), in schema order.
    predicted, lower, upper, actual
        Shape (n,), 100,000 USD; NaN where there is no interval, or no actual value yet.
    delays
        Shape (n,), seconds from the answer to the actual value; NaN where there is none yet.
    total, labelled
        Predictions of the window, and those with an actual value, read or not.
    """

    since: datetime
    until: datetime
    seconds: FloatArray
    inputs: FloatArray
    predicted: FloatArray
    lower: FloatArray
    upper: FloatArray
    actual: FloatArray
    delays: FloatArray
    total: int
    labelled: int

    def __len__(self) -> int:
        return len(self.seconds)

    @property
    def is_labelled(self) -> NDArray[np.bool_]:
        """Whether each row (n,) has its actual value."""
        return np.isfinite(self.actual)


def read_answered_window(
    database: Database, version: str, since: datetime, until: datetime, most_rows: int
) -> AnsweredWindow:
    """Read a version's predictions with what is known of their actual values.

    Of more than ``most_rows`` labelled (or unlabelled) ones, only every second, third, ... is read, so that
    the whole span is still seen.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    in_window = (
        predictions.c.model_version == version,
        predictions.c.timestamp >= since,
        predictions.c.timestamp < until,
    )
    # A plain IN, not the outer join: the window is then gone through once, and rows left out are not joined.
    is_labelled = predictions.c.prediction_id.in_(sa.select(labels.c.prediction_id))
    with database.transaction() as connection:
        total, labelled = connection.execute(
            sa.select(sa.func.count(), sa.func.count().filter(is_labelled)).where(*in_window)
        ).one()
        chosen = sa.or_(
            sa.and_(_every(labelled, most_rows), is_labelled),
            sa.and_(_every(total - labelled, most_rows), sa.not_(is_labelled)),
        )
        rows = list(connection.execute(_joined_rows().where(*in_window, chosen)))
    return _window(rows, since, until, total, labelled)


def _every(count: int, most_rows: int) -> sa.ColumnElement[bool]:
    """Return the condition that leaves at most about ``most_rows`` of so many rows."""
    return predictions.c.id % (-(-count // most_rows) or 1) == 0


def _joined_rows() -> sa.Select[Any]:
    values = [predictions.c[name] for name in NUMBERS]
    joined = predictions.outerjoin(labels, labels.c.prediction_id == predictions.c.prediction_id)
    columns = (predictions.c.timestamp, labels.c.timestamp, labels.c.actual, *values)
    return sa.select(*columns).select_from(joined)


def _window(
    rows: list[Any], since: datetime, until: datetime, total: int, labelled: int
) -> AnsweredWindow:
    rows.sort(key=lambda row: row[0])
    # None becomes NaN.
    numbers = np.array([tuple(row)[2:] for row in rows], dtype=np.float64)
    numbers = numbers.reshape(len(rows), 1 + len(NUMBERS))
    predicted, lower, upper = numbers[:, -3:].T
    return AnsweredWindow(
        since=since,
        until=until,
        seconds=np.array([(row[0] - since).total_seconds() for row in rows], dtype=np.float64),
        inputs=numbers[:, 1 : 1 + len(FEATURE_NAMES)],
        predicted=predicted,
        lower=lower,
        upper=upper,
        actual=numbers[:, 0],
        delays=np.array(
            [np.nan if row[1] is None else (row[1] - row[0]).total_seconds() for row in rows],
            dtype=np.float64,
        ),
        total=int(total),
        labelled=int(labelled),
    )
