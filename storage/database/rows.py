"""Rows as dictionaries by the names of their columns, and predictions with their actual values."""

from typing import Any

import sqlalchemy as sa

from storage.schema.tables import labels, predictions
from storage.schema.unreadable import refuse_unreadable

Row = dict[str, Any]

LABEL = (labels.c.actual, labels.c.timestamp.label("labelled_at"))
"""The columns of a prediction's actual value."""


def read_rows(connection: sa.Connection, query: sa.Select[Any]) -> list[Row]:
    """Return what a query finds.

    Raises
    ------
    DatabaseUnavailable
        If a value cannot be read as its column's type.
    """
    found = connection.execute(query)
    names, rows = tuple(found.keys()), found.all()
    refuse_unreadable(query.selected_columns, rows)
    return [dict(zip(names, row, strict=True)) for row in rows]


def with_labels(found: sa.FromClause = predictions) -> sa.Select[Any]:
    """Return the query for predictions, of what is ``found`` with them, and their actual values."""
    return sa.select(predictions, *LABEL).select_from(join_labels(found))


def join_labels(found: sa.FromClause) -> sa.FromClause:
    """Return what is ``found`` with predictions, and their actual values where they are known."""
    return found.outerjoin(labels, labels.c.prediction_id == predictions.c.prediction_id)
