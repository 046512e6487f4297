"""Validates bodies and query strings, with errors that name each field."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask import abort, request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backend.contract.base import ValidationProblem
from backend.metrics.metrics import Metrics
from backend.web.answers import InvalidRequest
from storage.domain.inputs import FEATURE_NAMES

LONGEST_ECHO = 100
"""Characters of an invalid value that are repeated in the answer."""
MOST_PROBLEMS = 100
"""Problems listed in one answer; a batch can have tens of thousands."""

Model = TypeVar("Model", bound=BaseModel)


def read_body(model: type[Model], limit_bytes: int, metrics: Metrics) -> Model:
    """Validate the current request's body from its bytes.

    Raises
    ------
    InvalidRequest
        400, naming every invalid field.
    werkzeug.exceptions.HTTPException
        411 without a length, 413 when too long, 415 when it is not JSON.
    """
    if request.content_length is None:
        abort(411)
    if request.content_length > limit_bytes:
        abort(413)
    if request.mimetype != "application/json":
        abort(415)
    try:
        return model.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        problems = _problems(error)
        for problem in problems:
            metrics.count_validation_error(_metric_field(problem.field))
        raise InvalidRequest(_sentence(error, problems), problems) from error


def read_query(model: type[Model], values: Mapping[str, str]) -> Model:
    """Validate a query string.

    Raises
    ------
    InvalidRequest
        400, naming every invalid parameter.
    """
    return read_values(model, values)


def read_values(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Validate values by name; see ``read_query``."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        problems = _problems(error)
        raise InvalidRequest(_sentence(error, problems), problems) from error


def _problems(error: ValidationError) -> list[ValidationProblem]:
    details = error.errors(include_url=False, include_context=False)
    return [
        ValidationProblem(
            field=_field(detail["loc"]),
            message=detail["msg"],
            input=_echo(detail),
            kind=detail["type"],
        )
        for detail in details[:MOST_PROBLEMS]
    ]


def _field(location: Sequence[int | str]) -> str:
    """Write ("instances", 3, "MedInc") as instances[3].MedInc; an empty path is "body"."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.lstrip(".")[:LONGEST_ECHO] or "body"


def _echo(detail: ErrorDetails) -> Any:
    """Return the invalid value, shortened and in a form that JSON can represent."""
    value = detail["input"]
    if detail["type"] in ("missing", "json_invalid"):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:LONGEST_ECHO]


def _sentence(error: ValidationError, problems: Sequence[ValidationProblem]) -> str:
    details = error.errors(include_url=False, include_context=False, include_input=False)
    by_kind = {
        kind: [_field(detail["loc"]) for detail in details if detail["type"] == kind]
        for kind in ("missing", "extra_forbidden")
    }
    if by_kind["missing"]:
        inputs = {_metric_field(field) for field in by_kind["missing"]} & set(FEATURE_NAMES)
        what = "features" if inputs else "fields"
        return f"Missing required {what}: {_listed(by_kind['missing'])}"
    if by_kind["extra_forbidden"]:
        return f"Unknown fields: {_listed(by_kind['extra_forbidden'])}"
    first = problems[0]
    more = f" (and {len(details) - 1} more problems)" if len(details) > 1 else ""
    return f"{first.field}: {first.message}{more}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:16])
    return f"{shown}, and {len(names) - 16} more" if len(names) > 16 else shown


def _metric_field(field: str) -> str:
    # Only known names become labels, so that clients cannot create new ones.
    name = field.rpartition(".")[2]
    return name if name in (*FEATURE_NAMES, "body", "instances") else "unknown"
