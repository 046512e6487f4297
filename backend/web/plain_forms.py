"""The ways to ask for one prediction that need no framework: how each is read, and how it is answered.

Each reads and writes with what its route does, and leaves to the route whatever it cannot read.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from backend.contract.predictions import PredictionRequest
from backend.contract.protocols.open_inference import InferRequest
from backend.contract.protocols.scoring import InvocationsRequest, InvocationsResponse
from backend.protocols import open_inference, scoring
from backend.serving.prediction_service import ModelAnswer, prediction_response
from backend.web.misread import keys_of, may_hide_a_number
from backend.web.validation import parsed
from storage.domain.inputs import HousingFeatures
from storage.errors import InvalidInput

SAID = (b'"reference"', b'"metadata"')
"""What a caller can say beside the inputs; a name written in another way is for the route."""
KEYS = len(HousingFeatures.model_fields)
BINARY = b"binary_data"
"""Of a request whose answer has more than JSON."""


class Question(NamedTuple):
    """A valid request for one prediction, and what writes its answer."""

    features: HousingFeatures
    written: Callable[[ModelAnswer], bytes]


class PlainForm(NamedTuple):
    """How a path is asked: its template, as it is recorded, and what reads a body, if that is plain."""

    template: str
    read: Callable[[bytes], Question | None]


def read_predict(body: bytes) -> Question | None:
    """Read what POST /predict takes."""
    # Most callers send inputs alone, and reading them so costs less.
    says_more = any(name in body for name in SAID)
    try:
        features = (PredictionRequest if says_more else HousingFeatures).model_validate_json(body)
    except ValidationError:
        return None
    # A key given twice, or a number that became 0, is refused by the route: see misread.py.
    has_each_key_once = body.count(b":") == (keys_of(features) if says_more else KEYS)
    has_zero = 0.0 in features.__dict__.values()
    if not has_each_key_once or (has_zero and may_hide_a_number(body)):
        return None
    return Question(
        features,
        lambda draft: prediction_response(draft, features).model_dump_json(by_alias=True).encode(),
    )


def read_invocations(body: bytes) -> Question | None:
    """Read what POST /invocations takes, of one row."""
    try:
        features = _only(scoring.rows_of(parsed(InvocationsRequest, body)))
    except (InvalidInput, ValidationError):
        return None
    return None if features is None else Question(features, _predictions)


def read_infer(body: bytes) -> Question | None:
    """Read what POST /v2/models/<model_name>/infer takes, of one row and without binary data."""
    if BINARY in body:
        return None
    try:
        asked = parsed(InferRequest, body)
        features = _only(open_inference.rows_of(asked, b""))
    except (InvalidInput, ValidationError):
        return None
    if features is None:
        return None
    return Question(
        features,
        lambda draft: (
            open_inference.answered(asked, draft)[0].model_dump_json(by_alias=True).encode()
        ),
    )


def _only(rows: Sequence[Mapping[str, Any]]) -> PredictionRequest | None:
    return PredictionRequest.model_validate(rows[0]) if len(rows) == 1 else None


def _predictions(draft: ModelAnswer) -> bytes:
    values = [each.value for each in draft.predictions]
    return InvocationsResponse(predictions=values).model_dump_json().encode()


FORMS: dict[str, PlainForm] = {
    "/predict": PlainForm("/predict", read_predict),
    "/invocations": PlainForm("/invocations", read_invocations),
    f"/v2/models/{open_inference.MODEL_NAME}/infer": PlainForm(
        "/v2/models/<model_name>/infer", read_infer
    ),
}
