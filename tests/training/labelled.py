"""Labelled predictions in the log database, as the log-writer keeps them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from storage.domain.inputs import FEATURE_NAMES, HousingFeatures
from storage.schema.records import PredictionRecord
from storage.schema.source import CLIENT, Source
from storage.schema.tables import labels, predictions
from storage.settings import Settings
from tests.migrated import migrated
from tests.recounted import recount
from training.dataset.splits import Part


def keep_labelled(
    settings: Settings,
    part: Part,
    when: datetime | Sequence[datetime],
    source: Source = CLIENT,
) -> None:
    """Keep one prediction for each row, answered ``when``, with the target as its actual value."""
    times = [when] * len(part) if isinstance(when, datetime) else when
    made = [
        _prediction(row, time, source)
        for row, time in zip(part.inputs.tolist(), times, strict=True)
    ]
    known = [
        {"prediction_id": one.prediction_id, "timestamp": one.timestamp, "actual": actual}
        for one, actual in zip(made, part.targets.tolist(), strict=True)
    ]
    database = migrated(settings.database_address)
    try:
        with database.transaction() as connection:
            connection.execute(sa.insert(predictions), [one.row() for one in made])
            connection.execute(sa.insert(labels), known)
            recount(connection)
    finally:
        database.close()


def _prediction(row: list[float], time: datetime, source: Source) -> PredictionRecord:
    return PredictionRecord(
        timestamp=time,
        source=source,
        request_id="a request",
        inputs=HousingFeatures(**dict(zip(FEATURE_NAMES, row, strict=True))),
        prediction=1.0,
        model_type="any",
        model_version="any",
    )
