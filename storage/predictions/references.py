"""Which predictions a caller's own reference means, when an actual value comes for it.

A caller that asks again about the same thing, after a time-out or with a newer model, sends the same inputs:
then the value is that of all these predictions. Predictions with one reference and different inputs are
another matter: the value belongs to one state of the thing, and labelling the others with it would teach the
next model what is wrong. So none is labelled, and their ids are told.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from storage.domain.inputs import FEATURE_NAMES
from storage.schema.caller import LONGEST_REFERENCE, REFERENCE
from storage.schema.tables import predictions
from storage.schema.text import is_storable

REFERENCES_AT_ONCE = 500
MOST_PREDICTIONS = 100
"""Predictions with one reference that are compared; a reference of more is ambiguous."""
MOST_TOLD = 10

Asked = tuple[str, tuple[float | str | None, ...]]
"""A prediction's id and its inputs."""


@dataclass(frozen=True)
class Resolved:
    """What references mean: pairs of prediction id and value, and what means none or too much."""

    labels: list[tuple[str, float]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    ambiguous: list[tuple[str, list[str]]] = field(default_factory=list)


def resolved(connection: sa.Connection, referred: Sequence[tuple[str, float]]) -> Resolved:
    """Return what pairs of a reference and a value mean, in their order."""
    found = _predictions_of(connection, {reference for reference, _ in referred})
    result = Resolved()
    told = set()
    for reference, actual in referred:
        asked = found.get(reference, [])
        if not asked:
            result.unknown.append(reference)
        elif len(asked) <= MOST_PREDICTIONS and len({inputs for _, inputs in asked}) == 1:
            result.labels.extend((prediction_id, actual) for prediction_id, _ in asked)
        elif reference not in told:
            told.add(reference)
            ids = [prediction_id for prediction_id, _ in asked[:MOST_TOLD]]
            result.ambiguous.append((reference, ids))
    return result


def _predictions_of(
    connection: sa.Connection, references: Collection[str]
) -> dict[str, list[Asked]]:
    """Return the predictions of each reference, newest first; of one with many, one too many."""
    possible = sorted(filter(_is_possible, references))
    found: dict[str, list[Asked]] = {}
    for start in range(0, len(possible), REFERENCES_AT_ONCE):
        found |= _grouped(connection, possible[start : start + REFERENCES_AT_ONCE])
    return found


def _grouped(connection: sa.Connection, references: Sequence[str]) -> dict[str, list[Asked]]:
    """Read several at once, unless together they have many: then fewer, so that none is read whole."""
    most = len(references) + MOST_PREDICTIONS
    rows = _read(connection, references, most)
    if len(rows) == most and len(references) > 1:
        middle = len(references) // 2
        return _grouped(connection, references[:middle]) | _grouped(connection, references[middle:])
    grouped: dict[str, list[Asked]] = {}
    for _, reference, prediction_id, *inputs in sorted(rows, reverse=True):
        grouped.setdefault(reference, []).append((prediction_id, tuple(inputs)))
    return grouped


def _read(connection: sa.Connection, references: Sequence[str], most: int) -> list[tuple[Any, ...]]:
    columns = ("id", REFERENCE, "prediction_id", *FEATURE_NAMES)
    query = sa.select(*(predictions.c[name] for name in columns))
    query = query.where(predictions.c[REFERENCE].in_(references))
    if len(references) == 1:  # of several, an order would have all their rows read before the limit
        query = query.order_by(predictions.c.id.desc())
    return [tuple(row) for row in connection.execute(query.limit(most))]


def _is_possible(reference: str) -> bool:
    """Whether a prediction can have it: what no request may send is unknown without a query."""
    return 0 < len(reference) <= LONGEST_REFERENCE and is_storable(reference)
