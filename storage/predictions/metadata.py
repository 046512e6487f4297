"""The metadata of predictions, an entry a row: written with them, counted for a summary of a window."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database.connection import Database
from storage.schema.caller import METADATA
from storage.schema.metadata_counts import MetadataCount, ValueCount
from storage.schema.tables import prediction_metadata, predictions

MOST_COUNTED = 20_000
"""Predictions that one summary counts, so that its cost is bounded however long the window is."""
MOST_NAMES = 50

_ROW = sa.select(predictions.c.id).where(predictions.c.prediction_id == sa.bindparam("prediction"))
_ADD = sa.insert(prediction_metadata).values(
    prediction_row=_ROW.scalar_subquery(),
    name=sa.bindparam("entry_name"),
    value=sa.bindparam("entry_value"),
)


@dataclass(frozen=True)
class MetadataSummary:
    """The metadata of the newest ``counted`` predictions of a window that have any.

    Attributes
    ----------
    oldest
        When the oldest of them was answered; None without any.
    truncated
        Whether there may be more, older ones.
    names
        The most frequent first, at most 50.
    """

    counted: int
    oldest: datetime | None
    truncated: bool
    names: tuple[MetadataCount, ...]


def add_metadata(connection: sa.Connection, given: Iterable[tuple[str, Mapping[str, str]]]) -> None:
    """Store the metadata of predictions that are stored already, as pairs of prediction id and metadata."""
    entries = [
        {"prediction": prediction_id, "entry_name": name, "entry_value": value}
        for prediction_id, metadata in given
        for name, value in metadata.items()
    ]
    if entries:
        connection.execute(_ADD, entries)


def read_metadata_summary(
    database: Database, since: datetime | None, until: datetime | None, most_values: int
) -> MetadataSummary:
    """Count the most frequent metadata of a window's predictions.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    # Of the predictions' own column: joined with the entries, a planner may begin with all of these.
    with database.transaction() as connection:
        rows = connection.execute(_newest(since, until)).all()
    counts = Counter(entry for row in rows for entry in row.metadata.items())
    by_name: dict[str, list[ValueCount]] = {}
    for (name, value), count in counts.items():
        by_name.setdefault(name, []).append(ValueCount(value=value, predictions=count))
    found = [_counted(name, values, most_values) for name, values in by_name.items()]
    found.sort(key=lambda each: (-each.predictions, each.name))
    return MetadataSummary(
        counted=len(rows),
        oldest=rows[-1].timestamp if rows else None,
        truncated=len(rows) == MOST_COUNTED,
        names=tuple(found[:MOST_NAMES]),
    )


def _newest(since: datetime | None, until: datetime | None) -> sa.Select[Any]:
    query = sa.select(predictions.c[METADATA], predictions.c.timestamp)
    query = query.where(predictions.c[METADATA].is_not(None))
    if since is not None:
        query = query.where(predictions.c.timestamp >= since)
    if until is not None:
        query = query.where(predictions.c.timestamp < until)
    return query.order_by(predictions.c.timestamp.desc()).limit(MOST_COUNTED)


def _counted(name: str, values: list[ValueCount], most_values: int) -> MetadataCount:
    total = sum(each.predictions for each in values)
    values.sort(key=lambda each: (-each.predictions, each.value))
    kept = values[:most_values]
    others = total - sum(each.predictions for each in kept)
    return MetadataCount(name=name, predictions=total, values=kept, others=others)
