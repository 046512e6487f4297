"""The walk against the real service, against nothing, and against something that is not this service."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from backend.demo_api.__main__ import STEPS
from storage.settings import Settings
from tests.backend.live_service import process_settings
from tests.system import Ended, finished

pytestmark = pytest.mark.xdist_group("processes")


class AnswersAnything(BaseHTTPRequestHandler):
    """Says yes to everything."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("X-Request-ID", "one")
        self.end_headers()
        self.wfile.write(b'{"success": true}')

    do_POST = do_DELETE = do_PUT = do_GET  # noqa: N815 # names of http.server

    def log_message(self, format: str, *arguments: object) -> None:
        """Stay silent."""


@pytest.fixture
def impostor() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), AnswersAnything)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("shared_service")
def test_every_endpoint_of_the_real_service_is_as_the_contract_says(
    shared_settings: Settings,
) -> None:
    result = _walk(shared_settings)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(STEPS)} steps, 0 failed." in result.stdout
    assert "not called" not in result.stdout


def test_without_a_service_every_step_is_off_and_says_why(champion_settings: Settings) -> None:
    result = _walk(champion_settings)
    assert result.returncode == 1
    assert result.stdout.count("no answer from") == len(STEPS)
    assert result.stderr == ""


def test_something_else_that_answers_is_found_out(settings: Settings, impostor: str) -> None:
    result = _walk(settings, "--url", impostor)
    assert result.returncode == 1
    assert "not a ServiceDescription: endpoints" in result.stdout
    assert "Traceback" not in result.stderr
    assert "\nok " not in result.stdout


def _walk(settings: Settings, *arguments: str) -> Ended:
    return finished("-m", "backend.demo_api", *arguments, **process_settings(settings))
