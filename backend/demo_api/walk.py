"""A walk through the API: each step sends requests and checks the answers against the contract."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
from pydantic import BaseModel, ValidationError

from backend.connection import session_for
from backend.contract.base import ErrorResponse

TIMEOUT_SECONDS = 30.0

Answer = TypeVar("Answer", bound=BaseModel)


class Off(Exception):
    """An answer does not match the contract; the message says how."""


@dataclass(frozen=True)
class Step:
    """One step of the walk.

    ``run`` returns a short summary of the answer, or raises ``Off``.
    """

    endpoint: str
    purpose: str
    run: Callable[["Connection"], str]


@dataclass(frozen=True)
class Outcome:
    """The outcome of a step."""

    step: Step
    text: str
    off: bool


class Connection:
    """Calls one service and checks each answer against its model."""

    def __init__(self, url: str, key: str | None) -> None:
        self.url = url.rstrip("/")
        self._session = session_for(self.url)
        if key:
            self._session.headers["Authorization"] = f"Bearer {key}"

    def raw(
        self, method: str, path: str, body: Any = None, expected: int = 200, **more: Any
    ) -> requests.Response:
        """Send a request and return the answer if it has the expected status and a request id.

        Raises
        ------
        Off
            If there is no answer, or an unexpected one.
        """
        try:
            answer = self._session.request(
                method, self.url + path, json=body, timeout=TIMEOUT_SECONDS, **more
            )
        except requests.RequestException as error:
            raise Off(f"no answer from {self.url} ({type(error).__name__})") from error
        if answer.status_code != expected:
            raise Off(f"answered {answer.status_code}, not {expected}: {answer.text[:200]}")
        if not answer.headers.get("X-Request-ID"):
            raise Off("the answer has no X-Request-ID")
        return answer

    def get(self, kind: type[Answer], path: str) -> Answer:
        """Send a GET request."""
        return _parse(kind, self.raw("GET", path))

    def post(self, kind: type[Answer], path: str, body: Any) -> Answer:
        """Send a POST request."""
        return _parse(kind, self.raw("POST", path, body))

    def refused(
        self, method: str, path: str, status: int, body: Any = None, **more: Any
    ) -> ErrorResponse:
        """Send a request that must be refused, and return the problem document."""
        answer = self.raw(method, path, body, expected=status, **more)
        if answer.headers.get("Content-Type", "").partition(";")[0] != "application/problem+json":
            raise Off(
                f"the error has the type {answer.headers.get('Content-Type')}, not a problem document"
            )
        return _parse(ErrorResponse, answer)


def walk(
    connection: Connection, steps: Sequence[Step], on_outcome: Callable[[Outcome], None]
) -> list[Outcome]:
    """Run every step, even after a failure; report each outcome as it happens."""
    outcomes = []
    for step in steps:
        outcome = _take(connection, step)
        on_outcome(outcome)
        outcomes.append(outcome)
    return outcomes


def demand(condition: bool, otherwise: str) -> None:
    """Raise ``Off`` unless the condition holds."""
    if not condition:
        raise Off(otherwise)


def _take(connection: Connection, step: Step) -> Outcome:
    try:
        return Outcome(step, step.run(connection), off=False)
    except Off as error:
        return Outcome(step, str(error), off=True)


def _parse(kind: type[Answer], answer: requests.Response) -> Answer:
    try:
        return kind.model_validate_json(answer.content)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise Off(f"not a {kind.__name__}: {place} {problem['msg']}") from error
