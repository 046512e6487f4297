"""Actual values of predictions: which ones the log-writer accepts, and its reply.

The first value of a prediction is kept, unless it is corrected: it may already have caused an alarm or a
retraining, so it is not replaced silently. The same value sent again changes nothing, and a different one is
reported. A correction names a person and a reason; from then on the new value counts, and the old one is kept
as history.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database.connection import Database
from storage.predictions.references import resolved
from storage.predictions.rollup import roll_up_labels
from storage.schema.source import CUSTOMERS
from storage.schema.source_filter import is_from
from storage.schema.tables import label_corrections, labels, predictions

POSSIBLE_ID = re.compile(r"[0-9A-Za-z_-]{1,32}")
"""Anything else is not an id of this service, so it is unknown without a query."""


def store_labels(
    connection: sa.Connection, arguments: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Accept the new ones of ``arguments["labels"]``, pairs of prediction id and actual value, in order.

    ``arguments["referred"]`` are pairs of a caller's reference and a value: they come after the others, for
    the predictions that each reference means. With ``arguments["correction"]`` (actor, person, reason),
    different values replace the earlier ones.

    Runs in the log-writer, inside its transaction: one decision at a time, so that of two requests about
    one prediction exactly one has its value accepted.

    Returns
    -------
    dict
        ``accepted``: number of accepted values. Ids, in order: ``unknown``, of no recorded prediction (or the
        references of none); ``duplicate``, that already had a value and keep it; ``conflicting``, duplicates
        with a different value. ``corrected``: id, earlier and new value of each that was replaced.
        ``ambiguous``: each reference of several predictions with different inputs, and their ids.
    """
    meant = resolved(connection, arguments.get("referred", ()))
    pairs = [*arguments["labels"], *meant.labels]
    correction: Mapping[str, str] | None = arguments.get("correction")
    decided = decide(connection, pairs, corrects=correction is not None)
    _insert(connection, decided.added, now)
    if correction is not None and decided.corrected:
        _replace(connection, decided.corrected, correction, now)
    return {
        "accepted": len(decided.added),
        "unknown": [*decided.unknown, *meant.unknown],
        "duplicate": decided.duplicate,
        "conflicting": decided.conflicting,
        "corrected": decided.corrected,
        "ambiguous": meant.ambiguous,
    }


@dataclass(frozen=True)
class Decided:
    """What becomes of pairs of prediction id and actual value; nothing is stored yet.

    Attributes
    ----------
    added
        Values of predictions that had none, by id.
    unknown, duplicate, conflicting
        Ids, in order: of no recorded prediction; with a value that is kept; of those, with another value.
    corrected
        Id, earlier and new value of each that is to be replaced.
    """

    added: dict[str, float] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    conflicting: list[str] = field(default_factory=list)
    corrected: list[tuple[str, float, float]] = field(default_factory=list)


def decide(
    connection: sa.Connection, pairs: Sequence[tuple[str, float]], *, corrects: bool
) -> Decided:
    """Decide about each pair in order; with ``corrects``, a different value replaces the one before."""
    ids = [prediction_id for prediction_id, _ in pairs]
    known, kept = recorded_ids(connection, ids), _kept_values(connection, ids)
    decided = Decided()
    for prediction_id, actual in pairs:
        if prediction_id not in known:
            decided.unknown.append(prediction_id)
        elif prediction_id not in kept:
            kept[prediction_id] = decided.added[prediction_id] = actual
        elif kept[prediction_id] != actual and corrects:
            decided.corrected.append((prediction_id, kept[prediction_id], actual))
            kept[prediction_id] = actual
        else:
            decided.duplicate.append(prediction_id)
            if kept[prediction_id] != actual:
                decided.conflicting.append(prediction_id)
    return decided


def recorded_ids(connection: sa.Connection, ids: Collection[str]) -> set[str]:
    """Return those ids whose prediction is in the database."""
    possible = set(filter(POSSIBLE_ID.fullmatch, ids))
    query = sa.select(predictions.c.prediction_id)
    found = connection.execute(query.where(predictions.c.prediction_id.in_(possible)))
    return set(found.scalars())


def _kept_values(connection: sa.Connection, ids: Collection[str]) -> dict[str, float]:
    possible = set(filter(POSSIBLE_ID.fullmatch, ids))
    query = sa.select(labels.c.prediction_id, labels.c.actual)
    found = connection.execute(query.where(labels.c.prediction_id.in_(possible)))
    return {row.prediction_id: row.actual for row in found}


def _insert(connection: sa.Connection, added: Mapping[str, float], now: datetime) -> None:
    if added:
        rows = [
            {"timestamp": now, "prediction_id": prediction_id, "actual": actual}
            for prediction_id, actual in added.items()
        ]
        connection.execute(sa.insert(labels), rows)
        roll_up_labels(connection, added)


def _replace(
    connection: sa.Connection,
    corrected: Sequence[tuple[str, float, float]],
    correction: Mapping[str, str],
    now: datetime,
) -> None:
    """Let the new values count, from now on, and keep the earlier ones as history."""
    newest = {prediction_id: actual for prediction_id, _, actual in corrected}
    arrived, history = _arrivals(connection, newest), []
    for prediction_id, earlier, actual in corrected:
        row = {"prediction_id": prediction_id, "earlier": earlier, "actual": actual}
        history.append(
            {"timestamp": now, "earlier_at": arrived[prediction_id], **row, **correction}
        )
        arrived[prediction_id] = now
    connection.execute(sa.insert(label_corrections), history)
    is_this = labels.c.prediction_id == sa.bindparam("corrected_id")
    update = sa.update(labels).where(is_this).values(actual=sa.bindparam("now"), timestamp=now)
    connection.execute(
        update, [{"corrected_id": one, "now": actual} for one, actual in newest.items()]
    )


def _arrivals(connection: sa.Connection, ids: Collection[str]) -> dict[str, datetime]:
    query = sa.select(labels.c.prediction_id, labels.c.timestamp)
    found = connection.execute(query.where(labels.c.prediction_id.in_(ids)))
    return {row.prediction_id: row.timestamp for row in found}


def count_labels_since(database: Database, moment: datetime) -> int:
    """Return the number of actual values of customers' predictions attached or corrected from then on.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    joined = labels.join(predictions, predictions.c.prediction_id == labels.c.prediction_id)
    query = sa.select(sa.func.count()).select_from(joined)
    query = query.where(labels.c.timestamp >= moment, is_from(predictions.c.source, CUSTOMERS))
    with database.transaction() as connection:
        return int(connection.execute(query).scalar_one())
