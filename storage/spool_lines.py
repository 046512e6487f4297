"""Spool lines of the records that every request leaves, put together without building the records.

A record is checked when it is built; on the request path its values come from the service itself, and
building it would cost more than the rest of the logging. A test reads such lines back.
"""

import json
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from storage.schema.features import FEATURE_NAMES

INPUTS = ",".join(f'"{name}":%r' for name in FEATURE_NAMES)
PREDICTION = (
    '{"timestamp":"%s","kind":"prediction","prediction_id":"%s","request_id":"%s",'
    f'"inputs":{{{INPUTS}}},'
    '"prediction":%r,"interval_lower":%r,"interval_upper":%r,'
    '"model_type":"%s","model_version":"%s"}'
)
REQUEST = (
    '{"timestamp":"%s","kind":"request","endpoint":%s,"method":"%s","status_code":%d,'
    '"response_time":%r,"success":%s,"error_message":%s,"request_id":"%s","model_version":%s}'
)


class Predicted(NamedTuple):
    """One answer: its id, its eight inputs, its price and the price's bounds in 100,000 USD."""

    prediction_id: str
    inputs: Sequence[float]
    price: float
    lower: float
    upper: float


class Answered(NamedTuple):
    """One answered request, as in ``RequestRecord``."""

    endpoint: str
    method: str
    status_code: int
    response_time: float
    error_message: str | None
    request_id: str
    model_version: str | None


def prediction_line(
    predicted: Predicted, timestamp: datetime, request_id: str, model_type: str, model_version: str
) -> bytes:
    """Return the line of a ``PredictionRecord``; JSON leaves the letters of ids and names as they are."""
    return _line(
        PREDICTION
        % (
            _utc(timestamp),
            predicted.prediction_id,
            request_id,
            *predicted.inputs,
            predicted.price,
            predicted.lower,
            predicted.upper,
            model_type,
            model_version,
        )
    )


def request_line(answered: Answered, timestamp: datetime) -> bytes:
    """Return the line of a ``RequestRecord``; endpoint and message may hold any letters."""
    message, version = answered.error_message, answered.model_version
    return _line(
        REQUEST
        % (
            _utc(timestamp),
            json.dumps(answered.endpoint),
            answered.method,
            answered.status_code,
            answered.response_time,
            "true" if answered.status_code < 400 else "false",
            "null" if message is None else json.dumps(message),
            answered.request_id,
            "null" if version is None else f'"{version}"',
        )
    )


def _utc(timestamp: datetime) -> str:
    """Write a time in UTC as pydantic does, for whom the log-writer has a short way."""
    return timestamp.isoformat(timespec="microseconds")[:26] + "Z"


def _line(payload: str) -> bytes:
    content = payload.encode()
    return b"%08x %b\n" % (zlib.crc32(content), content)
