"""Predictions asked for over kept connections, and what became of each."""

import json
import re
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from storage.schema.records import new_id

LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
ANSWER_SECONDS = 10.0
RETRY_SECONDS = 0.02


@dataclass(frozen=True)
class Answer:
    """One answer: to which input, when it was asked for (monotonic), after how many seconds, and what."""

    index: int
    asked: float
    seconds: float
    status: int
    body: bytes

    @property
    def content(self) -> dict[str, Any]:
        """The JSON object."""
        content: dict[str, Any] = json.loads(self.body)
        return content


class Load:
    """Threads with a connection each, until the block ends; they raise no error, but count.

    Parameters
    ----------
    port
        Of the service, on this machine.
    connections
        Threads.
    per_second
        At most so many requests, all together; None: as many as go.
    inputs
        Rows in schema order, asked for in turn.
    """

    def __init__(
        self,
        port: int,
        connections: int = 8,
        per_second: float | None = None,
        inputs: Sequence[Sequence[float]] = (tuple(EXAMPLE.values()),),
    ) -> None:
        self._port = port
        self._name = new_id()
        self._pause = connections / per_second if per_second else 0.0
        self._bodies = [json.dumps(dict(zip(FEATURE_NAMES, row, strict=True))) for row in inputs]
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(number,)) for number in range(connections)
        ]
        self.answers: list[Answer] = []
        self.unanswered = 0
        self.seconds = 0.0

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.seconds = time.monotonic() - self._begun

    def keep(self, answer: Answer) -> None:
        """Keep an answer; called by all threads."""
        self.answers.append(answer)

    def answered_ids(self) -> list[str]:
        """Return the ids of all predictions answered 200."""
        return [answer.content["prediction_id"] for answer in self.answers if answer.status == 200]

    def failures(self) -> list[bytes]:
        """Return the answers that were not 200."""
        return [answer.body for answer in self.answers if answer.status != 200]

    def between(self, begin: float, end: float) -> list[Answer]:
        """Return the answers to what was asked for from ``begin`` to ``end`` (monotonic time)."""
        return [answer for answer in self.answers if begin <= answer.asked < end]

    def _run(self, thread: int) -> None:
        number, due = thread, time.monotonic()
        connection: socket.socket | None = None
        while not self._stop.is_set():
            due = max(due + self._pause, time.monotonic() - 0.1)
            self._stop.wait(max(0.0, due - time.monotonic()))
            try:
                connection = connection or self._connect()
                self._ask(connection, number)
            except OSError:
                self.unanswered += 1
                _close(connection)
                connection = None
                time.sleep(RETRY_SECONDS)
            number += len(self._threads)
        _close(connection)

    def _connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self._port), ANSWER_SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _ask(self, connection: socket.socket, number: int) -> None:
        index = number % len(self._bodies)
        body, asked = self._bodies[index].encode(), time.monotonic()
        connection.sendall(
            b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"X-Request-ID: %b-%d\r\nContent-Length: %d\r\n\r\n%b"
            % (self._name.encode(), number, len(body), body)
        )
        head, content = _receive(connection)
        seconds, status = time.monotonic() - asked, int(head.split(b" ", 2)[1])
        self.keep(Answer(index, asked, seconds, status, content))


def percentile_milliseconds(answers: Sequence[Answer], share: float) -> float:
    """Return the time that a share of the answers did not exceed."""
    ordered = sorted(answer.seconds for answer in answers)
    return 1e3 * ordered[max(0, round(share * len(ordered)) - 1)]


def _close(connection: socket.socket | None) -> None:
    if connection is not None:
        connection.close()


def _receive(connection: socket.socket) -> tuple[bytes, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    if length is None:
        raise ConnectionError("an answer without a length")
    while len(body) < int(length[1]):
        body += _more(connection)
    return head, body


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionError("the connection was closed")
    return received
