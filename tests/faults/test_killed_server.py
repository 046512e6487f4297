"""kill -9 of the server above the workers: they end too, so that the next start finds port and lock free."""

import os
import signal
from pathlib import Path

import pytest
import requests

from storage.process.lock import AlreadyRunning, only_process
from storage.settings import Settings
from tests.backend.live_service import process_settings
from tests.settings import changed
from tests.system import children, free_port, running, wait_for

pytestmark = pytest.mark.xdist_group("faults")

END_SECONDS = 5.0


def test_its_workers_do_not_live_on(settings: Settings, tmp_path: Path) -> None:
    settings = changed(settings, backend_port=free_port())
    url = f"{settings.addresses.backend_url}/health/live"
    told = process_settings(settings) | {"HOUSING_BACKEND_WORKERS": "2"}
    with running("backend", tmp_path / "api.log", **told) as server:
        wait_for(lambda: _answers(url), what="a service that answers")
        assert len(children(server.pid)) >= 2
        with (
            pytest.raises(AlreadyRunning, match=rf"\(process {server.pid} on "),
            only_process(settings.paths.api_lock, "mlops-api"),
        ):
            pass
        os.kill(server.pid, signal.SIGKILL)
        server.wait(END_SECONDS)
        wait_for(lambda: not _answers(url), END_SECONDS, "a free port")
        wait_for(lambda: _is_free(settings), END_SECONDS, "a free lock")


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def _is_free(settings: Settings) -> bool:
    try:
        with only_process(settings.paths.api_lock, "mlops-api"):
            return True
    except AlreadyRunning:
        return False
