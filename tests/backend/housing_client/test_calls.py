"""Both clients against a real service: the same answers, and errors that a person can act on."""

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest

from backend.client import HousingClient
from backend.contract.records import PredictionsQuery
from backend.housing_client import (
    AsyncClient,
    Client,
    Late,
    Prediction,
    Refused,
    Retries,
    Unexpected,
    Unreachable,
)
from storage.domain.inputs import EXAMPLE, HousingFeatures
from tests.backend.live_service import ADMIN_KEY
from tests.system import free_port, wait_for

ROW = {name: float(value) for name, value in EXAMPLE.items()}
NEVER = Retries(most=0)
QUICK = Retries(most=3, first_seconds=0.05)


def awaited(url: str, act: Callable[[AsyncClient], Awaitable[Any]]) -> Any:
    """Return what an asynchronous call gives."""

    async def run() -> Any:
        async with AsyncClient(url, ADMIN_KEY) as client:
            return await act(client)

    return asyncio.run(run())


def test_both_clients_answer_as_the_console_s_own(url: str) -> None:
    with HousingClient(url) as own, Client(url) as client:
        expected = own.predict(HousingFeatures(**EXAMPLE)).prediction
        found = client.predict(ROW, reference="order-17", metadata={"shop": "north"}, explain=True)
        batch = client.predict_batch([ROW, ROW], references=["a", None])
        assert own.info().model_version == client.model().version == found.model_version
    assert found.value == expected
    assert found.interval.lower < found.value < found.interval.upper
    assert found.reference == "order-17"
    assert found.base is not None
    assert found.contributions is not None
    assert found.base + sum(found.contributions.values()) == pytest.approx(found.value)
    assert [each.value for each in batch] == [expected, expected]
    assert [each.reference for each in batch] == ["a", None]
    assert len({each.prediction_id for each in batch}) == 2
    later: Prediction = awaited(url, lambda client: client.predict(ROW))
    assert (later.value, later.interval) == (found.value, found.interval)
    assert [each.value for each in awaited(url, lambda it: it.predict_batch([ROW]))] == [expected]


def test_a_prediction_is_looked_up_and_gets_its_actual_value(url: str) -> None:
    with Client(url, ADMIN_KEY) as client:
        name = f"order-{uuid4().hex}"
        first, second = client.predict(ROW), client.predict(ROW, reference=name)
        logged = wait_for(
            lambda: looked_up(client, first.prediction_id), what="the logged prediction"
        )
        assert (logged.value, logged.inputs, logged.actual) == (first.value, ROW, None)
        wait_for(lambda: looked_up(client, second.prediction_id), what="the other one")
        told = client.send_actual_values({first.prediction_id: 2.5, "nobody": 1.0})
        assert (told.accepted, told.unknown) == (1, ("nobody",))
        assert client.send_actual_values_by_reference({name: 3.0}).accepted == 1
        again = awaited(url, lambda it: it.send_actual_values({first.prediction_id: 2.6}))
        assert (again.accepted, again.conflicting) == (0, (first.prediction_id,))
        assert client.prediction(first.prediction_id).actual == 2.5


def looked_up(client: Client, prediction_id: str) -> Any:
    try:
        return client.prediction(prediction_id)
    except Refused as refused:
        if refused.status != 404:
            raise
        return None


def test_a_refusal_names_the_field_and_is_not_repeated(url: str) -> None:
    with Client(url) as client, pytest.raises(Refused) as refused:
        client.predict(ROW | {"MedInc": -1.0})
    assert refused.value.status == 400
    assert [problem.field for problem in refused.value.problems] == ["MedInc"]
    assert refused.value.request_id
    with Client(url) as client, pytest.raises(Refused, match="key") as unknown:
        client.send_actual_values({"nobody": 1.0})
    assert unknown.value.status == 401
    with Client(url) as client, pytest.raises(ValueError, match="send None"):
        client.predict(ROW | {"MedInc": float("nan")})
    with Client(url) as client, pytest.raises(ValueError, match="1 rows and 2 references"):
        client.predict_batch([ROW], references=["a", "b"])


def test_the_same_key_is_carried_out_once(url: str) -> None:
    key = str(uuid4())
    with Client(url) as client:
        first = client.predict(ROW, idempotency_key=key)
        assert client.predict(ROW, idempotency_key=key) == first
        assert client.predict(ROW).prediction_id != first.prediction_id


def whole_request(near: socket.socket) -> bytes:
    """Read a request to its end: head and body may come apart."""
    received = near.recv(65_536)
    while (parts := received.partition(b"\r\n\r\n"))[1] and len(parts[2]) < length_of(parts[0]):
        received += near.recv(65_536)
    return received


def length_of(head: bytes) -> int:
    lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    return int(lines.get(b"content-length", 0))


@contextmanager
def cut_off(url: str, times: int) -> Iterator[tuple[str, list[bytes]]]:
    """A way to the service on which the first answers are lost after the request was carried out."""
    host, port = url.removeprefix("http://").split(":")
    asked: list[bytes] = []

    def serve(server: socket.socket) -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            with near, socket.create_connection((host, int(port))) as far:
                asked.append(whole_request(near))
                far.sendall(asked[-1].replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
                answer = b"".join(iter(lambda: far.recv(65_536), b""))
                if len(asked) > times:
                    near.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_lost_answer_is_asked_for_again_and_there_is_one_row(
    url: str, *, asynchronous: bool
) -> None:
    name = f"order-{uuid4().hex}"
    with cut_off(url, 2) as (way, asked):
        if asynchronous:
            answer = awaited(way, lambda it: it.predict(ROW, reference=name))
        else:
            with Client(way, retries=QUICK) as client:
                answer = client.predict(ROW, reference=name)
    assert len(asked) == 3
    with HousingClient(url, ADMIN_KEY) as own:
        rows = wait_for(lambda: logged_as(own, name), what="the logged prediction")
    assert [row.prediction_id for row in rows] == [answer.prediction_id]


def logged_as(own: HousingClient, reference: str) -> Any:
    return own.predictions(PredictionsQuery(reference=reference)).predictions


def test_who_does_not_answer_is_named(url: str) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with Client(nowhere, retries=NEVER) as client, pytest.raises(Unreachable, match=nowhere):
        client.health()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Client(address, timeout_seconds=0.2, retries=NEVER) as client, pytest.raises(Late):
            client.model()
    with Client(f"{url}/docs", retries=NEVER) as client, pytest.raises((Unexpected, Refused)):
        client.model()


def test_a_service_that_comes_back_is_waited_for() -> None:
    """Refused twice with a pause asked for, then answered: no sooner than it asked."""
    times: list[float] = []
    busy = b"HTTP/1.1 503 X\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\n{}"
    body = b'{"status": "healthy", "message": "Ready.", "model_version": "one"}'
    good = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    info = b'{"model_version": "one", "model_type": "M", "features": ["a"]}'
    told = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(info), info)
    answers = iter([busy, told, good])

    def serve(server: socket.socket) -> None:
        for answer in answers:
            near, _ = server.accept()
            with near:
                near.recv(65_536)
                times.append(time.monotonic())
                near.sendall(answer.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        with Client(f"http://127.0.0.1:{server.getsockname()[1]}", retries=QUICK) as client:
            assert client.model().inputs == ("a",)
            assert client.health().healthy
        thread.join()
    assert times[1] - times[0] >= 1.0
