"""One request by its id: its rows, what it predicted, its log lines, and what happened around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.rows import Row, read_rows, with_labels
from storage.errors import RecordNotFound
from storage.schema.request_ids import BY_INDEX, LONGEST, moment_of
from storage.schema.tables import api_metrics, events, logs, predictions

MOST_REQUESTS = 20
"""Requests with one id, the newest: a client may send the same again and again."""
MOST_PREDICTIONS = 100
MOST_LINES = 200
MOST_EVENTS = 20
AROUND = timedelta(minutes=2)
CLOCK = timedelta(seconds=5)
"""A prediction is stored a moment before its request; its time may be this much off."""


@dataclass(frozen=True)
class OneRequest:
    """What is known of the requests with one id, as rows by column name, each list the newest first.

    Attributes
    ----------
    requests
        At most 20.
    predictions
        What they predicted, with actual values as far as they are known; at most 100.
    logs
        Log lines that name the id, at most 200.
    events
        Events of the timeline up to two minutes before or after, at most 20.
    """

    requests: list[Row]
    predictions: list[Row]
    logs: list[Row]
    events: list[Row]


def read_request(database: Database, request_id: str) -> OneRequest:
    """Read everything about the requests with one id.

    Raises
    ------
    RecordNotFound
        If neither a request nor a log line has it.
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    with database.transaction() as connection:
        requests = read_rows(connection, _requests(request_id))
        lines = read_rows(
            connection,
            _newest(sa.select(logs).where(logs.c.request_id == request_id), logs, MOST_LINES),
        )
        if not requests and not lines:
            raise RecordNotFound(
                f"There is no request {request_id[:64]}: it is wrong, too old to be kept, or not stored yet."
            )
        spans = [_span(row) for row in requests]
        asked = _predictions(request_id, spans) if spans else None
        return OneRequest(
            requests=requests,
            predictions=[] if asked is None else read_rows(connection, asked),
            logs=lines,
            events=read_rows(connection, _events(_around(requests or lines))),
        )


def _requests(request_id: str) -> sa.Select[Any]:
    moment, query = moment_of(request_id), sa.select(api_metrics)
    query = query.where(api_metrics.c.request_id == request_id)
    if moment is None:
        query = query.where(sa.text(f"({BY_INDEX})"))
    else:
        query = query.where(api_metrics.c.timestamp.between(moment - LONGEST, moment + LONGEST))
    return _newest(query, api_metrics, MOST_REQUESTS)


def _span(request: Row) -> tuple[datetime, datetime]:
    """Return when the predictions of a request were stored."""
    answered: datetime = request["timestamp"]
    return answered - timedelta(seconds=request["response_time"]) - CLOCK, answered + CLOCK


def _predictions(request_id: str, spans: Sequence[tuple[datetime, datetime]]) -> sa.Select[Any]:
    within = [predictions.c.timestamp.between(*span) for span in spans]
    query = with_labels().where(predictions.c.request_id == request_id, sa.or_(*within))
    return _newest(query, predictions, MOST_PREDICTIONS)


def _around(rows: Sequence[Row]) -> tuple[datetime, datetime]:
    """Return the time around the newest row."""
    moment: datetime = rows[0]["timestamp"]
    return moment - AROUND, moment + AROUND


def _events(span: tuple[datetime, datetime]) -> sa.Select[Any]:
    query = sa.select(events).where(events.c.timestamp.between(*span))
    return _newest(query, events, MOST_EVENTS)


def _newest(query: sa.Select[Any], table: sa.Table, most: int) -> sa.Select[Any]:
    return query.order_by(table.c.timestamp.desc(), table.c.id.desc()).limit(most)
