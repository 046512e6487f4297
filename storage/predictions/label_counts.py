"""Of all predictions with an actual value, how many a retraining may read, and why not the others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.record_totals import prediction_totals
from storage.schema.source import CUSTOMERS
from storage.schema.source_filter import is_from
from storage.schema.tables import labels, predictions

MOST_COUNTED = 100_000
"""Newest actual values that are told apart: half a second; all of ten million would take minutes."""


@dataclass(frozen=True)
class LabelCounts:
    """Predictions with an actual value, each counted once.

    Attributes
    ----------
    others
        Asked by others than customers: the monitor, the console, the simulator.
    outside
        Customers', answered before the window, or labelled after its end.
    readable
        Customers', in the window.
    uncounted
        Labelled before the newest ``MOST_COUNTED``, so not told apart.
    """

    others: int = 0
    outside: int = 0
    readable: int = 0
    uncounted: int = 0

    @property
    def total(self) -> int:
        """All predictions with an actual value."""
        return self.others + self.outside + self.readable + self.uncounted


def count_labels(database: Database, since: datetime, until: datetime) -> LabelCounts:
    """Count the actual values by whether their prediction, answered from ``since`` on, may be read.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    newest = (
        sa.select(labels.c.prediction_id, labels.c.timestamp.label("labelled_at"))
        .order_by(labels.c.timestamp.desc(), labels.c.id.desc())
        .limit(MOST_COUNTED)
        .subquery()
    )
    is_customers = is_from(predictions.c.source, CUSTOMERS)
    answered = predictions.c.timestamp
    is_inside = sa.and_(answered >= since, answered < until, newest.c.labelled_at < until)
    query = sa.select(
        sa.func.count(),
        _times(sa.and_(is_customers, is_inside)),
        _times(is_customers),
    ).select_from(newest.join(predictions, predictions.c.prediction_id == newest.c.prediction_id))
    with database.transaction() as connection:
        counted, readable, customers = connection.execute(query).one()
        total = prediction_totals(connection)["labelled"]
    return LabelCounts(
        others=counted - customers,
        outside=customers - readable,
        readable=readable,
        uncounted=total - counted,
    )


def _times(condition: sa.ColumnElement[bool]) -> Any:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
