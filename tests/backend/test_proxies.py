"""A proxy in the environment is for other machines: none of our clients asks it for this one."""

import asyncio
from collections.abc import Iterator

import pytest
import requests

from backend.client import ClientError, HousingClient, ServiceUnreachable
from backend.demo_api.walk import Connection, Off
from backend.housing_client import AsyncClient, Client, Retries, Unexpected, Unreachable
from backend.launcher import Address
from storage.settings import Settings
from tests.recording_proxy import RecordingProxy, recording_proxy
from tests.settings import changed
from training.tracking.store import TrackingUnavailable, answering, connect

ELSEWHERE = "http://service.example:5000"
NEVER = Retries(most=0)


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingProxy]:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    with recording_proxy() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_this_machine_is_asked_directly(proxy: RecordingProxy, host: str, free_port: int) -> None:
    url = f"http://{host}:{free_port}"
    with HousingClient(url) as client, pytest.raises(ServiceUnreachable):
        client.health()
    with Client(url, retries=NEVER) as published, pytest.raises(Unreachable):
        published.health()
    with pytest.raises(Unreachable):
        asyncio.run(_asked_asynchronously(url))
    with pytest.raises(Off, match="no answer"):
        Connection(url, None).raw("GET", "/health")
    assert not Address("API", host.strip("[]"), free_port, "", "/health").answers()
    away = changed(Settings(), mlflow_tracking_uri=url)
    with pytest.raises(TrackingUnavailable), answering():
        connect(away)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/api/2.0/mlflow/experiments/get", timeout=5)  # as MLflow's client does
    assert proxy.asked == []


def test_another_machine_is_asked_through_the_proxy(proxy: RecordingProxy) -> None:
    with HousingClient(ELSEWHERE, "key") as client, pytest.raises(ClientError):
        client.health()
    with Client(ELSEWHERE, "key", retries=NEVER) as published, pytest.raises(Unexpected):
        published.health()
    with pytest.raises(Unexpected):
        asyncio.run(_asked_asynchronously(ELSEWHERE))
    with pytest.raises(Off):
        Connection(ELSEWHERE, None).raw("GET", "/health")
    assert proxy.asked == [f"GET {ELSEWHERE}/health HTTP/1.1"] * 4


async def _asked_asynchronously(url: str) -> None:
    async with AsyncClient(url, retries=NEVER) as client:
        await client.health()


def test_a_training_reaches_mlflow_through_the_proxy(
    proxy: RecordingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    client = connect(changed(Settings(), mlflow_tracking_uri=ELSEWHERE))
    with pytest.raises(TrackingUnavailable), answering():
        client.get_experiment_by_name("none")
    assert proxy.asked
    assert all(f" {ELSEWHERE}/" in asked for asked in proxy.asked)


def test_what_no_proxy_names_is_asked_directly(
    proxy: RecordingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "service.invalid")
    with HousingClient("http://service.invalid:5000") as client, pytest.raises(ServiceUnreachable):
        client.health()
    assert proxy.asked == []
