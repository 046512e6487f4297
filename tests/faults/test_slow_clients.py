"""Clients that are slow on purpose hold nothing that others need, and not for long."""

import json
import resource
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests

from backend.client import HousingClient
from backend.contract.predictions import HousingFeatures
from backend.workers.bodies import LARGE_BODIES
from storage.domain.inputs import EXAMPLE
from storage.settings import Settings
from tests.backend.live_service import ADMIN_KEY, is_healthy, process_settings
from tests.faults.slow_client import half_sent, head, received
from tests.faults.system_under_test import PATIENCE_SECONDS
from tests.settings import changed
from tests.system import Program, children, copied_runtime, free_port, running, wait_for

pytestmark = pytest.mark.xdist_group("faults")

BODY_SECONDS = 3.0
PATHS = (
    ("POST", "/predict"),
    ("POST", "/predict_batch"),
    ("GET", "/health/live"),
    ("POST", "/database/clear"),
    ("PUT", "/predict"),
    ("POST", "/nothing"),
)
AT_ONCE = 24
"""Twice what two workers with four threads each, and then some, could hold."""


@pytest.fixture(scope="module")
def settings(trained_runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    runtime = copied_runtime(trained_runtime, tmp_path_factory.mktemp("slow") / "runtime")
    return changed(Settings(runtime_directory=runtime), backend_port=free_port())


@pytest.fixture(scope="module")
def process(settings: Settings) -> Iterator[Program]:
    told = process_settings(settings) | {"HOUSING_BACKEND_BODY_TIMEOUT_SECONDS": str(BODY_SECONDS)}
    with running("backend", settings.runtime_directory.parent / "api.log", **told) as process:
        yield process


@pytest.fixture(scope="module")
def service(settings: Settings, process: Program) -> Iterator[HousingClient]:
    with HousingClient(settings.addresses.backend_url, ADMIN_KEY) as client:
        wait_for(lambda: is_healthy(client), PATIENCE_SECONDS, "a healthy service")
        yield client


@pytest.fixture
def workers(process: Program) -> list[int]:
    return children(process.pid)


@pytest.fixture
def port(settings: Settings) -> int:
    return settings.addresses.backend_port


def test_half_sent_bodies_on_any_path_keep_nobody_waiting(
    service: HousingClient, settings: Settings, port: int
) -> None:
    slow = [head(*PATHS[number % len(PATHS)], 100) + b"{" for number in range(AT_ONCE)]
    begun = time.monotonic()
    with half_sent(port, slow) as clients:
        for _ in range(10):
            live = requests.get(
                f"{settings.addresses.backend_url}/health/live", timeout=BODY_SECONDS
            )
            assert live.status_code == 200
            assert service.predict(HousingFeatures(**EXAMPLE)).prediction > 0
        answered_while_slow = time.monotonic() - begun
        answers = [received(client) for client in clients]
    assert answered_while_slow < BODY_SECONDS
    for answer in answers:
        problem = json.loads(answer.partition(b"\r\n\r\n")[2])
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert problem["status"] == 408
        assert "did not arrive" in problem["error"]


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(
    service: HousingClient, port: int
) -> None:
    with half_sent(port, [head("POST", "/predict", 1 << 40)]) as (client,):
        assert received(client).startswith(b"HTTP/1.1 413 ")


def test_many_large_bodies_at_once_do_not_fill_the_memory(
    service: HousingClient, settings: Settings, port: int, workers: list[int]
) -> None:
    limit = settings.backend.request_limit_bytes
    large = head("POST", "/predict_batch", limit) + b" " * (limit - 1)
    before = _memory_bytes(workers)
    with half_sent(port, [large] * AT_ONCE) as clients:
        held = _memory_bytes(workers) - before
        assert service.predict(HousingFeatures(**EXAMPLE)).prediction > 0
        assert all(received(client).startswith(b"HTTP/1.1 408 ") for client in clients)
    assert held < 2 * len(workers) * LARGE_BODIES * limit < AT_ONCE * limit


def test_a_head_that_is_too_large_is_refused(service: HousingClient, port: int) -> None:
    with half_sent(port, [b"GET / HTTP/1.1\r\nCookie: " + b"a" * 70_000]) as (client,):
        assert received(client).startswith(b"HTTP/1.1 431 ")


def test_an_unfinished_head_is_closed(service: HousingClient, port: int) -> None:
    with half_sent(port, [b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"\r\n", b""]) as clients:
        assert [received(client) for client in clients] == [b"", b"", b""]


def test_clients_that_read_nothing_keep_nobody_waiting(
    service: HousingClient, settings: Settings, port: int
) -> None:
    asked = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200
    with half_sent(port, [asked] * AT_ONCE):
        for _ in range(10):
            answer = requests.get(f"{settings.addresses.backend_url}/health/live", timeout=5)
            assert answer.status_code == 200


def test_a_kept_connection_serves_many_requests(service: HousingClient, port: int) -> None:
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as client:
        client.connect()
        first = client.sock
        for path in ("/predict", "/nothing", "/predict"):
            client.request("POST", path, json.dumps(EXAMPLE), {"Content-Type": "application/json"})
            assert client.getresponse().read()
        assert client.sock is first


def _memory_bytes(processes: list[int]) -> int:
    pages = [int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in processes]
    return sum(pages) * resource.getpagesize()
