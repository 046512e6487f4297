"""What would become of actual values if they were attached: read only, and decided as the log-writer does."""

from collections.abc import Sequence

import sqlalchemy as sa

from storage.database.connection import Database
from storage.predictions.feedback import Attached
from storage.predictions.labels import recorded_ids
from storage.predictions.references import resolved
from storage.schema.tables import labels


def checked_labels(
    database: Database,
    given: Sequence[tuple[str, float]],
    referred: Sequence[tuple[str, float]] = (),
    *,
    corrects: bool = False,
) -> Attached:
    """Return what attaching pairs of prediction id and value would answer now.

    A prediction of this moment, which the log-writer has not stored yet, is unknown here.

    Parameters
    ----------
    referred
        Pairs of a caller's reference and a value.
    corrects
        Whether values that differ from the stored ones would replace them.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    with database.transaction() as connection:
        meant = resolved(connection, referred)
        pairs = [*given, *meant.labels]
        known = recorded_ids(connection, [prediction_id for prediction_id, _ in pairs])
        stored = _stored(connection, known)
    unknown, duplicate, conflicting = [], [], []
    corrected: list[tuple[str, float, float]] = []
    accepted = 0
    for prediction_id, actual in pairs:
        if prediction_id not in known:
            unknown.append(prediction_id)
        elif prediction_id not in stored:
            stored[prediction_id] = actual
            accepted += 1
        elif stored[prediction_id] != actual and corrects:
            corrected.append((prediction_id, stored[prediction_id], actual))
            stored[prediction_id] = actual
        else:
            duplicate.append(prediction_id)
            if stored[prediction_id] != actual:
                conflicting.append(prediction_id)
    ambiguous = tuple((reference, tuple(ids)) for reference, ids in meant.ambiguous)
    return Attached(
        accepted,
        (*unknown, *meant.unknown),
        tuple(duplicate),
        tuple(conflicting),
        tuple(corrected),
        ambiguous,
    )


def _stored(connection: sa.Connection, ids: set[str]) -> dict[str, float]:
    query = sa.select(labels.c.prediction_id, labels.c.actual)
    found = connection.execute(query.where(labels.c.prediction_id.in_(ids)))
    return {row.prediction_id: row.actual for row in found}
