"""Logged predictions in the order in which the log-writer stored them, batch by batch."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.database.connection import Database
from storage.domain.inputs import FEATURE_NAMES
from storage.predictions.columns import Columns
from storage.schema.arrays import FloatArray
from storage.schema.source import SOURCE, Source
from storage.schema.tables import predictions


@dataclass(frozen=True)
class PredictionBatch:
    """Some predictions; ``row_ids`` increase, and a prediction stored later has a higher one.

    Attributes
    ----------
    inputs
        Shape (n, d), in schema order.
    predicted
        Shape (n,), in the target's unit.
    sources
        Whose traffic each is.
    """

    row_ids: tuple[int, ...]
    prediction_ids: tuple[str, ...]
    times: tuple[datetime, ...]
    versions: tuple[str, ...]
    inputs: FloatArray
    predicted: FloatArray
    sources: tuple[Source, ...]

    def __len__(self) -> int:
        return len(self.row_ids)


def read_predictions_after(database: Database, row_id: int, most_rows: int) -> PredictionBatch:
    """Read the first predictions whose row id is higher than ``row_id``.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    said = ("id", "prediction_id", "timestamp", "model_version", SOURCE)
    columns = [predictions.c[name] for name in (*said, *FEATURE_NAMES, "prediction")]
    query = sa.select(*columns).where(predictions.c.id > row_id).order_by(predictions.c.id)
    with database.transaction() as connection:
        found = Columns.read(connection, query.limit(most_rows))
    return PredictionBatch(
        row_ids=found.values("id"),
        prediction_ids=found.values("prediction_id"),
        times=found.values("timestamp"),
        versions=found.values("model_version"),
        inputs=found.inputs(),
        predicted=found.number("prediction"),
        sources=found.values(SOURCE),
    )


def newest_row_id(database: Database) -> int | None:
    """Return the highest row id of the predictions; None without any.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    with database.transaction() as connection:
        return connection.execute(sa.select(sa.func.max(predictions.c.id))).scalar()
