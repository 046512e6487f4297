"""Counts made anew, where a test has put or changed rows that the log-writer would have counted."""

import sqlalchemy as sa

from storage.predictions.rollup import roll_up_labels, roll_up_predictions
from storage.schema.tables import labels, prediction_rollup, predictions


def recount(connection: sa.Connection) -> None:
    """Count the predictions that are stored and their actual values."""
    connection.execute(sa.delete(prediction_rollup))
    row = predictions.c
    stored = connection.execute(sa.select(row.timestamp, row.model_version, row.source)).all()
    roll_up_predictions(
        connection, [(time.isoformat(" "), version, source) for time, version, source in stored]
    )
    known = connection.execute(sa.select(labels.c.prediction_id)).scalars().all()
    roll_up_labels(connection, known)
