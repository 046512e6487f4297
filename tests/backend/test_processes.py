"""The service as it really runs: worker processes, the log-writer, kill -9, a swap under load."""

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests

from backend.client import HousingClient, ServiceRefused, ServiceUnreachable
from backend.contract.base import SOURCE_HEADER
from backend.contract.predictions import HousingFeatures
from backend.contract.records import RequestsQuery
from backend.monitor.__main__ import Monitor
from storage.domain.inputs import EXAMPLE
from storage.paths import RuntimePaths
from storage.process.kinds import kinds_by_lock
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.backend.live_service import ADMIN_KEY, is_healthy, process_settings
from tests.postgresql import empty_database
from tests.system import Program, bearer, children, running, wait_for

pytestmark = pytest.mark.xdist_group("processes")


JSON = {"Content-Type": "application/json"}


@pytest.fixture
def told(champion_settings: Settings) -> dict[str, str]:
    return process_settings(champion_settings)


@pytest.fixture
def service(told: dict[str, str], tmp_path: Path, client: HousingClient) -> Iterator[Program]:
    """The API as a process of its own, without a log-writer."""
    with running("backend", tmp_path / "api.log", **told) as api:
        wait_for(lambda: is_healthy(client), what="a healthy service")
        yield api


@pytest.fixture
def client(champion_settings: Settings) -> Iterator[HousingClient]:
    with HousingClient(champion_settings.addresses.backend_url, ADMIN_KEY) as client:
        yield client


def test_the_walk_of_a_client(shared_service: HousingClient) -> None:
    client = shared_service
    answer = client.predict(HousingFeatures(**EXAMPLE), request_id="walk-1")
    logged = wait_for(lambda: _logged(client, answer.prediction_id), what="the logged prediction")
    assert logged == answer.prediction
    batch = client.predict_batch([HousingFeatures(**EXAMPLE)] * 3)
    assert batch.predictions == [answer.prediction] * 3
    requests_ = client.api_metrics(RequestsQuery(endpoint="/predict")).metrics
    assert "walk-1" in {row.request_id for row in requests_}
    assert client.database_statistics().statistics.predictions >= 1
    assert client.clear_database().deleted["predictions"] >= 1
    wait_for(lambda: _says(client, "The database was cleared"), what="the service's own log line")


def test_whose_traffic_it_is_reaches_the_log_from_a_real_connection(
    shared_service: HousingClient,
) -> None:
    row = HousingFeatures(**EXAMPLE)
    with HousingClient(shared_service.url, ADMIN_KEY, source="probe") as probe:
        asked = probe.predict(row).prediction_id
        wait_for(lambda: _logged(probe, asked), what="the logged prediction")
        assert probe.prediction(asked).prediction.source == "probe"
        for said, key, status in (("probe", None, 401), ("everyone", ADMIN_KEY, 400)):
            headers = {SOURCE_HEADER: said} | (bearer(key) if key is not None else {})
            url = f"{shared_service.url}/predict"
            answer = requests.post(url, json=EXAMPLE, headers=headers, timeout=30)
            assert answer.status_code == status


def test_one_setting_moves_the_log_to_postgresql(
    told: dict[str, str], postgresql: str, client: HousingClient, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(empty_database(postgresql, "whole_service"))
        elsewhere = told | {"HOUSING_DATABASE_URL": url}
        for module in ("storage.log_writer", "backend"):
            stack.enter_context(running(module, tmp_path / f"{module}.log", **elsewhere))
        wait_for(lambda: is_healthy(client), what="a healthy service")
        answer = client.predict(HousingFeatures(**EXAMPLE))
        logged = wait_for(lambda: _logged(client, answer.prediction_id), what="the prediction")
    assert logged == answer.prediction
    assert not (tmp_path / "runtime" / "database").exists()


def test_metrics_cover_all_workers_and_survive_a_killed_one(
    service: Program, client: HousingClient
) -> None:
    answered = _predict_many(client, 40)
    assert _metric(client, "ml_predictions_total") == answered
    workers = children(service.pid)
    assert len(workers) >= 2
    os.kill(workers[0], signal.SIGKILL)
    wait_for(lambda: len(set(children(service.pid)) - {workers[0]}) >= 2, what="a new worker")
    answered += wait_for(lambda: _predict_many(client, 40), what="answers after the kill")
    assert _metric(client, "ml_predictions_total") >= answered


@pytest.mark.parametrize(
    "module", ["backend", "storage.log_writer", "training.worker", "backend.monitor"]
)
def test_a_second_process_is_refused_also_when_the_lock_of_the_first_was_removed(
    module: str, told: dict[str, str], champion_settings: Settings, tmp_path: Path
) -> None:
    kinds = kinds_by_lock(champion_settings.paths)
    with running(module, tmp_path / "first.log", **told) as first:
        lock = wait_for(lambda: next(filter(_names(first.pid), kinds), None), what="its lock")
        shutil.rmtree(lock.parent)
        wait_for(lambda: _names(first.pid)(lock), what="its lock again")
        with running(module, tmp_path / "second.log", **told) as second:
            assert wait_for(second.poll, what="the refusal") == 1
        assert first.poll() is None
    said = (tmp_path / "second.log").read_text()
    refusal = f"{kinds[lock]} is already running for {lock.parent.parent} (process {first.pid} on "
    assert refusal in said, said


def _names(pid: int) -> Callable[[Path], bool]:
    return lambda lock: lock.exists() and lock.read_text().startswith(f"process {pid} on ")


def test_no_answer_may_be_shown_in_a_frame(shared_service: HousingClient) -> None:
    """Answers of the shortcut, of the framework, and refusals."""
    url, example = shared_service.url, json.dumps(EXAMPLE)
    answers = [
        requests.post(f"{url}/predict", example, headers=JSON, timeout=10),
        *(requests.get(f"{url}{path}", timeout=10) for path in ("/health", "/docs", "/nothing")),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404]
    for answer in answers:
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_chunked_body_is_refused_whole(shared_service: HousingClient) -> None:
    answer = requests.post(
        f"{shared_service.url}/predict",
        data=iter([b'{"MedInc": 1', b"}"]),
        headers={"Content-Type": "application/json"},
        timeout=10,
    )
    assert answer.status_code == 411


def test_a_refusal_arrives_though_the_body_comes_late(shared_service: HousingClient) -> None:
    address = shared_service.url.removeprefix("http://")
    with closing(HTTPConnection(address, timeout=10)) as connection:
        for path, status in (("/predict", 415), ("/nothing", 404), ("/health", 405)):
            connection.putrequest("POST", path)
            connection.putheader("Content-Type", "text/plain")
            connection.putheader("Content-Length", "2")
            connection.endheaders()
            time.sleep(0.1)
            connection.send(b"{}")
            answer = connection.getresponse()
            assert (answer.status, answer.getheader("Connection")) == (status, None)
            answer.read()


def test_the_monitor_records_up_and_down(shared_service: HousingClient, tmp_path: Path) -> None:
    up = Monitor(shared_service, RuntimePaths(tmp_path)).run_once(utc_now())
    assert up.healthy
    assert up.predict_ms is not None
    nobody = HousingClient("http://127.0.0.1:9")
    down = Monitor(nobody, RuntimePaths(tmp_path)).run_once(utc_now())
    assert not down.healthy
    assert "does not answer" in str(down.problem)
    assert (tmp_path / "reports" / "monitoring_summary.json").exists()


@pytest.mark.usefixtures("shared_service")
def test_a_taken_port_is_one_sentence(shared_settings: Settings, tmp_path: Path) -> None:
    told = process_settings(shared_settings) | {"HOUSING_RUNTIME_DIRECTORY": str(tmp_path)}
    with running("backend", tmp_path / "second.log", **told) as second:
        assert second.wait(20) == 1
    said = (tmp_path / "second.log").read_text()
    assert "HOUSING_BACKEND_PORT" in said
    assert "Traceback" not in said


def test_an_open_bind_without_keys_is_refused(told: dict[str, str], tmp_path: Path) -> None:
    unsafe = {name: value for name, value in told.items() if not name.endswith("_KEY")}
    unsafe["HOUSING_BACKEND_HOST"] = "0.0.0.0"  # noqa: S104 # what is to be refused
    with running("backend", tmp_path / "unsafe.log", **unsafe) as process:
        assert process.wait(20) == 1
    assert "HOUSING_VIEWER_KEY" in (tmp_path / "unsafe.log").read_text()


def test_an_open_bind_with_a_short_key_is_refused(told: dict[str, str], tmp_path: Path) -> None:
    unsafe = told | {"HOUSING_BACKEND_HOST": "0.0.0.0"}  # noqa: S104 # what is to be refused
    with running("backend", tmp_path / "unsafe.log", **unsafe) as process:
        assert process.wait(20) == 1
    said = (tmp_path / "unsafe.log").read_text()
    assert said.startswith("HOUSING_OPERATOR_KEY has 7 characters, and others can connect")
    assert len(said.splitlines()) == 1
    assert told["HOUSING_OPERATOR_KEY"] not in said


def _logged(client: HousingClient, prediction_id: str) -> float | None:
    try:
        return client.prediction(prediction_id).prediction.prediction
    except ServiceRefused:
        return None


def _says(client: HousingClient, words: str) -> bool:
    lines = client.logs().logs
    return any(line.process == "mlops-api" and words in line.message for line in lines)


def _predict_many(client: HousingClient, number: int) -> int:
    answered = 0
    for _ in range(number):
        try:
            # A connection for each, so that all workers get some.
            with HousingClient(client.url) as fresh:
                fresh.predict(HousingFeatures(**EXAMPLE))
            answered += 1
        except ServiceUnreachable:
            continue
    return answered


def _metric(client: HousingClient, name: str) -> float:
    text = requests.get(f"{client.url}/metrics", timeout=10).text
    lines = [line for line in text.splitlines() if line.startswith(name)]
    return sum(float(line.rpartition(" ")[2]) for line in lines)
