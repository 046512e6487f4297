"""A connection to the service: sends requests and parses answers into models.

ClientError              base of everything that a call can raise
  ServiceUnreachable     no answer: the service is down or the address is wrong
    AnswerLate           no answer in time: it may be busy, and may still do what was asked
  AnswerCut              the answer began but did not arrive whole
  ServiceRefused         the service answered with an error; carries its status and message
  UnexpectedAnswer       the answer did not come from this service
"""

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ValidationError
from requests.utils import get_environ_proxies

from backend.contract.base import SOURCE_HEADER, ErrorResponse, Request
from storage.schema.source import CLIENT, Source
from storage.setting_groups.hosts import is_this_machine

DEFAULT_TIMEOUT_SECONDS = 10.0
CHECK_SECONDS = 60.0
"""Shortest wait for a check of a whole window, which a busy machine may take long for."""

PART_BYTES = 64 * 1024

Answer = TypeVar("Answer", bound=BaseModel)


class ClientError(Exception):
    """Base of everything that a call can raise; the message can be shown to a user."""


class ServiceUnreachable(ClientError):
    """The service did not answer."""


class AnswerLate(ServiceUnreachable):
    """The service was reached, but did not answer in time."""


class AnswerCut(ClientError):
    """The answer began but did not arrive whole."""


class UnexpectedAnswer(ClientError):
    """The answer came from something else, or from another version of the service."""


class ServiceRefused(ClientError):
    """The service answered with an error.

    Attributes
    ----------
    error
        The answer's body, with ``status``, ``error`` and perhaps ``validation_errors``.
    """

    def __init__(self, error: ErrorResponse) -> None:
        super().__init__(error.error)
        self.error = error


class ServiceConnection:
    """A connection to one service. Keeps its TCP connections; use one for each thread.

    Parameters
    ----------
    url
        Address of the service, such as ``http://127.0.0.1:5000``.
    key
        Sent as bearer token, if given.
    timeout_seconds
        Longest wait for an answer.
    source
        Whose traffic the requests are, if not a client's; said only with a key, as nobody else may.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        source: Source = CLIENT,
    ) -> None:
        self.url = url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._session = session_for(self.url)
        if key:
            self._session.headers["Authorization"] = f"Bearer {key}"
            if source != CLIENT:
                self._session.headers[SOURCE_HEADER] = source

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _get(
        self,
        kind: type[Answer],
        path: str,
        query: Request | None = None,
        *,
        at_least_seconds: float = 0.0,
    ) -> Answer:
        parameters = _parameters(query)
        return parse(
            kind, checked(self._send("GET", path, parameters, None, None, at_least_seconds))
        )

    def _post(
        self,
        kind: type[Answer],
        path: str,
        body: BaseModel | None,
        request_id: str | None = None,
        *,
        method: str = "POST",
        at_least_seconds: float = 0.0,
    ) -> Answer:
        content = body.model_dump_json().encode() if body else b"{}"
        sent = self._send(method, path, None, content, request_id, at_least_seconds)
        return parse(kind, checked(sent))

    def _stream(self, path: str, query: Request) -> Iterator[bytes]:
        """Yield an answer as it arrives."""
        # Between two parts many rows may be read of which none matches.
        sent = self._send("GET", path, _parameters(query), None, None, CHECK_SECONDS, stream=True)
        with sent as answer:
            try:
                yield from checked(answer).iter_content(PART_BYTES)
            except requests.RequestException as error:
                raise AnswerCut(
                    f"The answer of {self.url} to {path} ended before its end; ask again."
                ) from error

    def _send(
        self,
        method: str,
        path: str,
        parameters: dict[str, Any] | None,
        content: bytes | None,
        request_id: str | None,
        at_least_seconds: float = 0.0,
        *,
        stream: bool = False,
    ) -> requests.Response:
        headers = {"Content-Type": "application/json"} if content is not None else {}
        if request_id:
            headers["X-Request-ID"] = request_id
        seconds = max(self._timeout_seconds, at_least_seconds)
        try:
            return self._session.request(
                method,
                self.url + path,
                params=parameters,
                data=content,
                headers=headers,
                timeout=(self._timeout_seconds, seconds),
                stream=stream,
            )
        except requests.ReadTimeout as error:
            late = f"The prediction service at {self.url} is busy: no answer to {path} in {seconds:g} s."
            may_act = " It may still do what was asked, so look before asking again."
            raise AnswerLate(late + (may_act if method != "GET" else "")) from error
        except requests.RequestException as error:
            raise ServiceUnreachable(
                f"The prediction service at {self.url} does not answer. Start it, or check its address."
            ) from error


def _parameters(query: Request | None) -> dict[str, Any]:
    """Return a query's parameters; a value with names becomes one for each, ``name.key``."""
    given = query.model_dump(mode="json", exclude_none=True) if query else {}
    parameters: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, dict):
            parameters |= {f"{name}.{key}": each for key, each in value.items()}
        else:
            parameters[name] = value
    return parameters


def session_for(url: str) -> requests.Session:
    """Return a session with the environment's proxy for an address, and with none for this machine."""
    session = direct_session()
    if not is_this_machine(urlsplit(url).hostname or ""):
        session.proxies = dict(get_environ_proxies(url))
    return session


def direct_session() -> requests.Session:
    """Return a session without proxies. Nor does it read ``.netrc``, whose password would replace a key."""
    session = requests.Session()
    session.trust_env = False
    return session


def media_type(answer: requests.Response) -> str:
    """Return the content type of an answer."""
    return answer.headers.get("Content-Type", "")


def checked(answer: requests.Response) -> requests.Response:
    """Return a successful answer; raise ``ServiceRefused`` for an error."""
    if answer.ok:
        return answer
    raise ServiceRefused(parse(ErrorResponse, answer))


def parse(kind: type[Answer], answer: requests.Response) -> Answer:
    """Parse an answer's body as a model; raise ``UnexpectedAnswer`` if it does not match."""
    try:
        return kind.model_validate_json(answer.content)
    except ValidationError as error:
        raise UnexpectedAnswer(
            f"{answer.url} answered {answer.status_code} with something that is not this service's; "
            "check the address and that both sides have the same version."
        ) from error
