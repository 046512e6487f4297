"""The newest labelled predictions of customers as arrays: what models are compared on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from storage.database.connection import Database
from storage.domain.inputs import FEATURE_NAMES
from storage.predictions.columns import Columns
from storage.schema.arrays import FloatArray
from storage.schema.source import CUSTOMERS
from storage.schema.source_filter import is_from
from storage.schema.tables import labels, predictions


@dataclass(frozen=True)
class LabelledRows:
    """Inputs and actual values of predictions of every version, newest first.

    Attributes
    ----------
    inputs
        Shape (n, d), in schema order.
    actual
        Shape (n,), in the target's unit.
    """

    inputs: FloatArray
    actual: FloatArray

    def __len__(self) -> int:
        return len(self.actual)

    def only(self, rows: NDArray[np.bool_]) -> "LabelledRows":
        """Return the rows where the mask (n,) is true."""
        return LabelledRows(self.inputs[rows], self.actual[rows])


def read_labelled_rows(
    database: Database,
    since: datetime,
    until: datetime,
    most_rows: int,
    labelled_before: datetime | None = None,
) -> LabelledRows:
    """Read the newest labelled predictions answered from ``since`` on and before ``until``.

    With ``labelled_before``, only those whose actual value was known by then.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    columns = [predictions.c[name] for name in FEATURE_NAMES]
    query = (
        _labelled(since, until, labels.c.actual, *columns)
        .order_by(predictions.c.timestamp.desc(), predictions.c.id.desc())
        .limit(most_rows)
    )
    if labelled_before is not None:
        query = query.where(labels.c.timestamp < labelled_before)
    with database.transaction() as connection:
        found = Columns.read(connection, query)
    return LabelledRows(found.inputs(), found.number("actual"))


def count_labelled_rows(database: Database, since: datetime, until: datetime) -> int:
    """Count the labelled predictions answered from ``since`` on and before ``until``.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    # A label comes after its answer, so older labels can be skipped.
    query = _labelled(since, until, sa.func.count()).where(labels.c.timestamp >= since)
    with database.transaction() as connection:
        return int(connection.execute(query).scalar_one())


def _labelled(since: datetime, until: datetime, *columns: Any) -> sa.Select[Any]:
    joined = predictions.join(labels, labels.c.prediction_id == predictions.c.prediction_id)
    return (
        sa.select(*columns)
        .select_from(joined)
        .where(
            is_from(predictions.c.source, CUSTOMERS),
            predictions.c.timestamp >= since,
            predictions.c.timestamp < until,
        )
    )
