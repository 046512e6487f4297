"""How many actual values came in since a moment: what a retraining could learn anew."""

from datetime import datetime

import sqlalchemy as sa

from storage.database.connection import Database
from storage.schema.tables import labels


def count_labels_since(database: Database, moment: datetime) -> int:
    """Return the number of actual values attached from ``moment`` on.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    query = sa.select(sa.func.count()).select_from(labels).where(labels.c.timestamp >= moment)
    with database.transaction() as connection:
        return int(connection.execute(query).scalar_one())
