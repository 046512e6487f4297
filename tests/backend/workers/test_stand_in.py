"""What stands in for the workers until the first of them works, in real processes."""

from pathlib import Path

import pytest
import requests

from backend.client import HousingClient, ServiceRefused
from backend.contract.base import STARTING
from backend.contract.predictions import EXAMPLE, HousingFeatures
from backend.launcher import Address
from backend.monitor.probe import probe_service, summarize
from backend.server import main
from backend.workers.stand_in import COMPILING
from storage.schema.records import utc_now
from tests.backend.workers import slow_application
from tests.backend.workers.slow_application import GO_ON
from tests.system import children, running, wait_for

PATIENCE_SECONDS = 120
"""The machine may have other work, and the start is mostly imports."""

pytestmark = pytest.mark.xdist_group("processes")


def test_the_port_answers_before_the_first_worker_works(tmp_path: Path, free_port: int) -> None:
    go_on, factory = tmp_path / "go on", f"{slow_application.__name__}:create"
    told = {
        "HOUSING_RUNTIME_DIRECTORY": str(tmp_path),
        "HOUSING_BACKEND_PORT": str(free_port),
        "NUMBA_CACHE_DIR": str(tmp_path / "nothing compiled"),
        GO_ON: str(go_on),
    }
    url = f"http://127.0.0.1:{free_port}"
    with running(main.__module__, tmp_path / "log", factory, **told) as server:
        wait_for(lambda: _status(f"{url}/health/live") == 200, PATIENCE_SECONDS, "a sign of life")
        _assert_starting(url)
        assert len(children(server.pid)) == 3
        go_on.touch()
        wait_for(lambda: _status(f"{url}/health/ready") == 200, what="a worker")
        texts = [requests.get(f"{url}/anything", timeout=5).text for _ in range(20)]
        assert texts == ["served"] * 20
        wait_for(lambda: len(children(server.pid)) == 2, what="the end of what stood in")
        server.terminate()
        assert server.wait(10) == 0


def _assert_starting(url: str) -> None:
    ready = requests.get(f"{url}/health/ready", timeout=5)
    assert ready.status_code == 503
    assert int(ready.headers["Retry-After"]) > 0
    assert "frame-ancestors 'none'" in ready.headers["Content-Security-Policy"]
    with HousingClient(url) as client:
        health = client.health()
        with pytest.raises(ServiceRefused) as refused:
            client.predict(HousingFeatures(**EXAMPLE), "mine")
        probe = probe_service(client, utc_now())
    assert (health.code, health.message) == (STARTING, COMPILING)
    assert (refused.value.error.code, refused.value.error.instance) == (STARTING, "mine")
    assert (probe.starting, probe.healthy, probe.problem) == (True, False, COMPILING)
    assert summarize([probe], [], probe.at).availability is None
    host, _, port = url.removeprefix("http://").partition(":")
    address = Address("API", host, int(port), "HOUSING_BACKEND_PORT", "/health/ready")
    assert not address.answers()
    assert address.starting() == COMPILING


def _status(url: str) -> int | None:
    try:
        return requests.get(url, timeout=5).status_code
    except requests.RequestException:
        return None
