"""The calls of the service as data, and how their answers are read: neither waits for anything."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx

from .answers import Feedback, Health, LoggedPrediction, Model, Prediction, Row
from .errors import ClientError, Late, Problem, Refused, Unexpected, Unreachable
from .retries import Retries

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Call(Generic[Answer]):
    """One request, and what reads its answer.

    Attributes
    ----------
    answers
        The statuses whose body is the answer.
    """

    method: str
    path: str
    read: Callable[[dict[str, Any]], Answer]
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    answers: frozenset[int] = frozenset({HTTPStatus.OK})

    def request(self, http: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """Return it as httpx sends it."""
        content = None if self.body is None else _json(self.body)
        kind = {} if content is None else {"Content-Type": "application/json"}
        return http.build_request(
            self.method,
            self.path,
            params=self.query,
            content=content,
            headers={**kind, **self.headers},
        )

    def pause(self, retries: Retries, made: int, response: httpx.Response) -> float | None:
        """Return how long to wait before it is made again; None if this is its answer, or the last one."""
        if response.status_code in self.answers:
            return None
        return retries.pause(made, response.status_code, asked_pause(response))

    def answer(self, response: httpx.Response) -> Answer:
        """Read an answer.

        Raises
        ------
        Refused
            If it is an error of the service.
        Unexpected
            If it is not the service's.
        """
        try:
            body = response.json()
            if response.status_code in self.answers:
                return self.read(body)
            problems = body.get("validation_errors") or []
            raise Refused(
                response.status_code,
                body["error"],
                tuple(Problem(each["field"], each["message"]) for each in problems),
                body.get("instance"),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unexpected(
                f"{response.request.url} answered with status {response.status_code} and not as the "
                "prediction service does. Check the address, and that client and service are of one version."
            ) from error


def predict(
    row: Row,
    reference: str | None,
    metadata: Mapping[str, str] | None,
    key: str | None,
    *,
    explain: bool,
) -> Call[Prediction]:
    """Predict one row."""
    query = {"explain": "true"} if explain else {}
    return Call(
        "POST", "/predict", Prediction.of, _with(row, reference, metadata), query, _once(key)
    )


def predict_batch(
    rows: Sequence[Row], references: Sequence[str | None] | None, key: str | None
) -> Call[list[Prediction]]:
    """Predict 1 to 10,000 rows: all, or none if one of them is wrong."""
    own = [None] * len(rows) if references is None else references
    if len(own) != len(rows):
        raise ValueError(f"There are {len(rows)} rows and {len(own)} references.")
    instances = [_with(row, each, None) for row, each in zip(rows, own, strict=True)]
    body = {"instances": instances}
    return Call("POST", "/predict_batch", Prediction.each_of, body, headers=_once(key))


def feedback(actual: Mapping[str, float], named_by: str, key: str | None) -> Call[Feedback]:
    """Send actual values, by the prediction's id or by the caller's reference."""
    items = [{named_by: name, "actual": value} for name, value in actual.items()]
    return Call("POST", "/feedback", Feedback.of, {"items": items}, headers=_once(key))


def prediction(prediction_id: str) -> Call[LoggedPrediction]:
    """Look a logged prediction up."""
    path = f"/predictions/{quote(prediction_id, safe='')}"
    return Call("GET", path, LoggedPrediction.of)


def health() -> Call[Health]:
    """Ask whether the service can predict; a 503 is an answer too."""
    either = frozenset({HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE})
    return Call("GET", "/health", Health.of, answers=either)


def model() -> Call[Model]:
    """Ask which model serves."""
    return Call("GET", "/info", Model.of)


def without_answer(error: httpx.HTTPError, url: httpx.URL) -> ClientError:
    """Return what no answer is to the caller."""
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        return Late(f"The prediction service at {url} did not answer in time; it may be busy.")
    return Unreachable(
        f"The prediction service at {url} does not answer. Check the address, and whether it runs."
    )


def asked_pause(response: httpx.Response) -> float:
    """Return the seconds that `Retry-After` asks for; 0 without it, or if it is a date."""
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdecimal() else 0.0


def _json(body: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(body, allow_nan=False).encode()
    except ValueError as error:
        raise ValueError(
            "A number is NaN or infinite, which JSON cannot carry; send None for a missing value."
        ) from error


def _with(row: Row, reference: str | None, metadata: Mapping[str, str] | None) -> dict[str, Any]:
    own = {"reference": reference, "metadata": metadata and dict(metadata)}
    return dict(row) | {name: value for name, value in own.items() if value is not None}


def _once(key: str | None) -> dict[str, str]:
    # The same for every repetition of the call: it is carried out once.
    return {"Idempotency-Key": key or str(uuid4())}
