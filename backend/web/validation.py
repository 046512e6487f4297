"""Validates bodies and query strings, with errors that name each field."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask, abort, request
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

from backend.contract.base import ValidationProblem
from backend.metrics.metrics import Metrics
from backend.web.answers import InvalidRequest
from backend.web.encoded_body import meant
from backend.web.extent import extent_of
from backend.web.misread import refuse_misread
from backend.web.problems import LONGEST_ECHO, Problems
from storage.domain.inputs import FEATURE_NAMES
from storage.errors import InvalidInput, RecordNotFound
from storage.schema.text import is_storable

MOST_PARAMETERS = 100
LONGEST_ID_BYTES = 200

Model = TypeVar("Model", bound=BaseModel)


def check_paths(app: Flask) -> None:
    """Refuse ids in a path that no record has: with control characters, or too long for a file."""

    @app.before_request
    def check() -> None:
        for name, value in (request.view_args or {}).items():
            if not is_storable(value):
                raise InvalidInput(f"The {name} in the path contains control characters.")
            if len(value.encode()) > LONGEST_ID_BYTES:
                raise RecordNotFound(f"No {name} is longer than {LONGEST_ID_BYTES} bytes.")


def read_body(model: type[Model], limit_bytes: int, metrics: Metrics) -> Model:
    """Validate the current request's body from its bytes.

    Raises
    ------
    InvalidRequest
        400, naming the invalid fields, at most 100.
    werkzeug.exceptions.HTTPException
        411 without a length, 413 when too long, 415 when it is not JSON or not gzip.
    """
    if request.content_length is None:
        abort(411)
    if request.content_length > limit_bytes:
        abort(413)
    if request.mimetype != "application/json":
        abort(415)
    with counted_problems(metrics):
        return parsed(model, meant(request.get_data(cache=False), limit_bytes))


@contextmanager
def counted_problems(metrics: Metrics) -> Iterator[None]:
    """Count the problems of what is refused inside."""
    try:
        yield
    except InvalidRequest as error:
        for problem in error.problems:
            metrics.count_validation_error(_metric_field(problem.field))
        raise


def read_query(model: type[Model], values: MultiDict[str, str]) -> Model:
    """Validate a query string.

    Raises
    ------
    InvalidRequest
        400, naming the invalid parameters, or those that are given twice.
    """
    if len(values) > MOST_PARAMETERS:
        raise _too_much("query", f"more than {MOST_PARAMETERS} parameters")
    if repeated := [name for name, given in values.lists() if len(given) > 1]:
        raise _repeated(repeated)
    return read_values(model, values)


def read_values(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Validate values by name; see ``read_query``."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise _invalid(Problems.of_values(error)) from error


def parsed(model: type[Model], body: bytes) -> Model:
    """Validate a JSON body.

    Raises
    ------
    InvalidRequest
        400, naming the invalid fields, at most 100.
    """
    if not extent_of(model).contains(body):
        raise _too_much("body", "more fields, values or brackets than this request can contain")
    try:
        read = model.model_validate_json(body)
    except ValidationError as error:
        raise _invalid(Problems.of_body(model, body, error)) from error
    refuse_misread(read, body)
    return read


def _invalid(problems: Problems) -> InvalidRequest:
    return InvalidRequest(problems.sentence(), problems.listed())


def _repeated(names: Sequence[str]) -> InvalidRequest:
    message = "This parameter is given twice: keep one of them"
    problems = [
        ValidationProblem(field=name[:LONGEST_ECHO], message=message, input=None, kind="misread")
        for name in names
    ]
    return InvalidRequest(f"{problems[0].field}: {message}.", problems)


def _too_much(field: str, what: str) -> InvalidRequest:
    message = f"It has {what}; its contents were not looked at."
    problem = ValidationProblem(field=field, message=message, input=None, kind="too_long")
    return InvalidRequest(f"The {field} has {what}; send what is described at /docs.", [problem])


def _metric_field(field: str) -> str:
    # Only known names become labels, so that clients cannot create new ones.
    name = field.rpartition(".")[2]
    return name if name in (*FEATURE_NAMES, "body", "instances") else "unknown"
