"""Spool lines of the records of every request, written without building the record objects.

Building a record validates it; on the request path the values come from the service itself, and
building would cost more than the rest of the logging. A test reads such lines back.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pydantic_core import to_json

from storage.domain.inputs import FEATURE_NAMES, values_of
from storage.schema.caller import METADATA, REFERENCE, UNNAMED, Caller
from storage.schema.source import CLIENT, SOURCE, Source
from storage.spool.segments import line_of


class Predicted(NamedTuple):
    """One answer: its id, its inputs as in an array, its value and the bounds, in the target's unit.

    ``caller`` is what the caller said of it.
    """

    prediction_id: str
    inputs: Sequence[float]
    value: float
    lower: float
    upper: float
    caller: Caller = UNNAMED


class Answered(NamedTuple):
    """One answered request, as in ``RequestRecord``."""

    endpoint: str
    method: str
    status_code: int
    response_time: float
    error_message: str | None
    request_id: str
    model_version: str | None
    source: Source = CLIENT


class Model(NamedTuple):
    """The version of the model that answered."""

    model_type: str
    model_version: str


def prediction_line(
    predicted: Predicted, timestamp: datetime, request_id: str, model: Model
) -> bytes:
    """Return the line of a ``PredictionRecord``."""
    return line_of(to_json(_prediction("prediction", timestamp, predicted, request_id, model)))


def answer_line(
    predicted: Predicted, answered: Answered, timestamp: datetime, model: Model
) -> bytes:
    """Return the line of an ``AnswerRecord``: the prediction with the request that it answered."""
    fields = _prediction("answer", timestamp, predicted, answered.request_id, model)
    fields["endpoint"] = answered.endpoint
    fields["method"] = answered.method
    fields["status_code"] = answered.status_code
    fields["response_time"] = answered.response_time
    return line_of(to_json(fields))


def request_line(answered: Answered, timestamp: datetime) -> bytes:
    """Return the line of a ``RequestRecord``; a lone surrogate in the message becomes a question mark."""
    message = answered.error_message
    fields = {
        "timestamp": timestamp,
        "kind": "request",
        **answered._asdict(),
        "success": answered.status_code < 400,
        "error_message": None if message is None else message.encode(errors="replace").decode(),
    }
    if answered.source == CLIENT:
        del fields[SOURCE]  # as in a prediction's line
    return line_of(to_json(fields))


def _prediction(
    kind: str, timestamp: datetime, predicted: Predicted, request_id: str, model: Model
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "timestamp": timestamp,
        "kind": kind,
        "prediction_id": predicted.prediction_id,
        "request_id": request_id,
        "inputs": dict(zip(FEATURE_NAMES, values_of(predicted.inputs), strict=True)),
        "prediction": predicted.value,
        "interval_lower": predicted.lower,
        "interval_upper": predicted.upper,
        "model_type": model.model_type,
        "model_version": model.model_version,
    }
    # Only where they were given: lines without them are as short as ever, and older releases read them.
    reference, metadata, source = predicted.caller
    if reference is not None:
        fields[REFERENCE] = reference
    if metadata is not None:
        fields[METADATA] = metadata
    if source != CLIENT:
        fields[SOURCE] = source
    return fields
