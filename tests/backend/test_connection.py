"""A service that answers late is not one that is away: the error says which, and checks are waited for."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from backend import client as room
from backend.client import AnswerLate, HousingClient, ServiceUnreachable, UnexpectedAnswer
from tests.system import free_port

WAIT_SECONDS = 0.2


@contextmanager
def silent_service(seconds: float) -> Iterator[str]:
    """The address of a service that answers everything with ``{}`` after some seconds."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                time.sleep(seconds)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_late_answer_is_no_missing_service() -> None:
    with silent_service(5) as url, HousingClient(url, timeout_seconds=WAIT_SECONDS) as client:
        with pytest.raises(AnswerLate) as late:
            client.info()
        assert str(late.value) == (
            f"The prediction service at {url} is busy: no answer to /info in 0.2 s."
        )


def test_what_may_still_happen_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CHECK_SECONDS", WAIT_SECONDS)
    with (
        silent_service(5) as url,
        HousingClient(url, timeout_seconds=WAIT_SECONDS) as client,
        pytest.raises(AnswerLate, match="look before asking again"),
    ):
        client.run_checks()


def test_a_check_is_waited_for_longer_than_anything_else() -> None:
    with (
        silent_service(1) as url,
        HousingClient(url, timeout_seconds=WAIT_SECONDS) as client,
        pytest.raises(UnexpectedAnswer),  # it came: `{}` is no check
    ):
        client.run_checks()


def test_nothing_there_is_unreachable() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with HousingClient(url) as client, pytest.raises(ServiceUnreachable) as away:
        client.run_checks()
    assert not isinstance(away.value, AnswerLate)
    assert "does not answer" in str(away.value)
