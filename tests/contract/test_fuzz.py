"""A thousand generated requests to a running service: it does what its OpenAPI document says, no more."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backend.web.operations import OPERATIONS
from storage.settings import Settings
from tests.backend.live_service import live_service
from tests.contract.fuzz.run import fuzz
from tests.settings import changed
from tests.system import copied_runtime, free_port

EXAMPLES = 18
"""For each operation: of most of them, as many as there are is fewer."""


def test_the_schema_tells_the_truth(trained_runtime: Path, tmp_path: Path) -> None:
    runtime = copied_runtime(trained_runtime, tmp_path / "runtime")
    settings = changed(Settings(runtime_directory=runtime), backend_port=free_port())
    with live_service(settings, tmp_path, HOUSING_VIEWER_KEY="see"):
        found = fuzz(settings.addresses.backend_url, tmp_path, "examples,fuzzing", EXAMPLES, seed=1)
    assert found.clean, found.said
    # The generator leaves the address of the document itself out.
    assert found.operations == len(OPERATIONS) - 1
    assert found.cases > 900


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/logs?until=0.5", 400),
        ("/logs?until=1721-01-01T00:00:00Z", 400),
        ("/metrics/api/summary?window=91d", 400),
        ("/metrics/api/summary?until=2000-01-01T00:00:00Z", 409),
        ("/interaction?first=MedInc&second=MedInc", 404),
        ("/monitoring/history?kind=", 400),
        ("/retraining?state=", 400),
    ],
)
def test_what_was_not_as_it_is_said_is_so_now(http: FlaskClient, path: str, status: int) -> None:
    assert http.get(path).status_code == status


def test_a_path_names_only_its_own_methods(http: FlaskClient) -> None:
    answer = http.options("/models/rollback", headers={"Authorization": "Bearer administer"})
    assert answer.headers["Allow"] == "OPTIONS, POST"


@pytest.mark.parametrize("at", [0, "0", 1.5, True])
def test_a_number_is_no_time(http: FlaskClient, at: object) -> None:
    body = {"reason": "why", "window": {"since": at}}
    key = {"Authorization": "Bearer operate"}
    answer = http.post("/monitoring/trigger-retraining", json=body, headers=key)
    assert answer.status_code == 400
    assert answer.json is not None
    assert "write a time with its offset" in answer.json["error"]
