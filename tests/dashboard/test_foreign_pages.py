"""A page elsewhere neither reads the console nor drives its websocket: asked of the console as it runs."""

import http.client
import json
from collections.abc import Iterator

import pytest

from tests.system import free_port, running, wait_for

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
STREAM = "/_stcore/stream"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, port = tmp_path_factory.mktemp("console"), free_port()
    told = {
        "HOUSING_RUNTIME_DIRECTORY": str(folder / "runtime"),
        "HOUSING_DASHBOARD_PORT": str(port),
    }
    with running("dashboard", folder / "console.log", **told):
        wait_for(lambda: _answers(port), what="the console")
        yield port


def _answers(port: int) -> bool:
    try:
        return _asked(port, "/_stcore/health", {})[0] == 200
    except OSError:
        return False


def _asked(port: int, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, b"" if answer.status == 101 else answer.read()
    connection.close()
    return found


def test_a_foreign_name_reads_nothing(console: int) -> None:
    status, body = _asked(console, "/", {"Host": "evil.example"})
    assert status == 421
    assert "HOUSING_ALLOWED_HOSTS" in json.loads(body)["error"]
    assert _asked(console, "/", {"Host": f"localhost:{console}"})[0] == 200


def test_its_websocket_is_for_its_own_pages(console: int) -> None:
    own = f"localhost:{console}"
    foreign = {"Host": own, "Origin": "http://evil.example"}
    assert _asked(console, STREAM, UPGRADE | foreign)[0] == 403
    rebound = {"Host": "evil.example", "Origin": "http://evil.example"}
    assert _asked(console, STREAM, UPGRADE | rebound)[0] == 403
    assert _asked(console, STREAM, UPGRADE | {"Host": own, "Origin": f"http://{own}"})[0] == 101
