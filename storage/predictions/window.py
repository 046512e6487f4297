"""The logged predictions of a time window as arrays, for the drift check."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from storage.database.connection import Database
from storage.domain.inputs import FEATURE_NAMES
from storage.predictions.columns import Columns
from storage.schema.arrays import BoolArray, FloatArray
from storage.schema.source import CUSTOMERS, Source
from storage.schema.source_filter import is_from
from storage.schema.tables import predictions


@dataclass(frozen=True)
class PredictionWindow:
    """Predictions logged from ``since`` on and before ``until``, in order of time.

    Attributes
    ----------
    seconds
        Shape (n,), when each was answered: seconds after ``since``.
    inputs
        Shape (n, d), in schema order.
    predicted
        Shape (n,), in the target's unit.
    versions
        Shape (n,), the model version that answered.
    truncated
        Whether there were more, older ones.
    searched
        How many were read, of which these are all or, of a segment, those that belong to it.
    """

    since: datetime
    until: datetime
    seconds: FloatArray
    inputs: FloatArray
    predicted: FloatArray
    versions: NDArray[np.str_]
    truncated: bool
    searched: int

    def __len__(self) -> int:
        return len(self.seconds)

    def only(self, rows: BoolArray, most: int) -> "PredictionWindow":
        """Return the newest ``most`` of some rows, a mask of shape (n,)."""
        (chosen,) = np.nonzero(rows)
        kept = chosen[max(0, len(chosen) - most) :]
        return replace(
            self,
            seconds=self.seconds[kept],
            inputs=self.inputs[kept],
            predicted=self.predicted[kept],
            versions=self.versions[kept],
            truncated=self.truncated or len(kept) < len(chosen),
        )

    def preceded_by(self, earlier: "PredictionWindow") -> "PredictionWindow":
        """Return this window with the rows of an earlier one before its own, counted from its begin on."""
        seconds = earlier.seconds - (self.since - earlier.since).total_seconds()
        return replace(
            self,
            seconds=np.concatenate([seconds, self.seconds]),
            inputs=np.concatenate([earlier.inputs, self.inputs]),
            predicted=np.concatenate([earlier.predicted, self.predicted]),
            versions=np.concatenate([earlier.versions, self.versions]),
        )


def read_prediction_window(
    database: Database,
    since: datetime,
    until: datetime,
    most_rows: int,
    sources: Collection[Source] = CUSTOMERS,
) -> PredictionWindow:
    """Read the newest predictions of a span of time and of some sources, at most ``most_rows``.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    columns = [predictions.c[name] for name in FEATURE_NAMES]
    query = (
        sa.select(
            predictions.c.timestamp,
            predictions.c.model_version,
            predictions.c.prediction,
            *columns,
        )
        .where(
            is_from(predictions.c.source, sources),
            predictions.c.timestamp >= since,
            predictions.c.timestamp < until,
        )
        .order_by(predictions.c.timestamp.desc())
        .limit(most_rows + 1)
    )
    with database.transaction() as connection:
        newest_first = Columns.read(connection, query)
    found = newest_first[:most_rows][::-1]
    return PredictionWindow(
        since=since,
        until=until,
        seconds=found.seconds_after(since, "timestamp"),
        inputs=found.inputs(),
        predicted=found.number("prediction"),
        versions=np.array(found.values("model_version"), dtype=np.str_),
        truncated=len(newest_first) > most_rows,
        searched=len(found),
    )


def logged_span(database: Database) -> tuple[datetime, datetime] | None:
    """Return when the oldest and the newest of the customers' predictions were answered; None without any.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    # Not min() and max(), whose type SQLite does not know: the ends of the index.
    moment = predictions.c.timestamp
    asked = sa.select(moment).where(is_from(predictions.c.source, CUSTOMERS)).limit(1)
    ends = [asked.order_by(order) for order in (moment.asc(), moment.desc())]
    with database.transaction() as connection:
        first, last = (connection.execute(end).scalar() for end in ends)
    return None if first is None or last is None else (first, last)
