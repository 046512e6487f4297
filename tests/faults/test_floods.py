"""Requests made to cost much: refused at little cost, with at most 100 problems listed."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from backend.client import HousingClient
from storage.domain.inputs import EXAMPLE
from storage.settings import Settings
from tests.backend.live_service import ADMIN_KEY, is_healthy, process_settings
from tests.faults.floods import (
    JSON,
    bodies_for_all,
    bodies_for_list,
    cost,
    endpoints_with_body,
    list_name,
)
from tests.faults.system_under_test import PATIENCE_SECONDS, report
from tests.settings import changed
from tests.system import children, copied_runtime, free_port, running, wait_for

pytestmark = pytest.mark.xdist_group("faults")

MOST_MEGABYTES = 100
MOST_PROBLEMS = 100
ENDPOINTS = list(endpoints_with_body())


@pytest.fixture(scope="module")
def service(
    trained_runtime: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int]]:
    """The address of a service with one worker, and the worker's process id."""
    folder = tmp_path_factory.mktemp("floods")
    runtime = copied_runtime(trained_runtime, folder / "runtime")
    settings = changed(Settings(runtime_directory=runtime), backend_port=free_port())
    told = process_settings(settings) | {"HOUSING_BACKEND_WORKERS": "1"}
    with (
        running("backend", folder / "api.log", **told) as process,
        HousingClient(settings.addresses.backend_url, ADMIN_KEY) as client,
    ):
        wait_for(lambda: is_healthy(client), PATIENCE_SECONDS, "a healthy service")
        yield settings.addresses.backend_url, children(process.pid)[0]


@pytest.fixture(scope="module")
def for_all() -> dict[str, bytes]:
    return bodies_for_all()


@pytest.mark.parametrize(
    ("method", "path", "model"), ENDPOINTS, ids=[path for _, path, _ in ENDPOINTS]
)
def test_no_body_costs_much(
    service: tuple[str, int],
    method: str,
    path: str,
    model: type[Any],
    for_all: dict[str, bytes],
    capsys: pytest.CaptureFixture[str],
) -> None:
    url, worker = service
    costs = {}
    name = list_name(model)
    bodies = for_all | (bodies_for_list(name) if name else {})
    for what, body in bodies.items():
        send = partial(requests.request, method, url + path, data=body, headers=JSON, timeout=60)
        paid = cost(worker, send)
        assert paid.status == 400, (what, paid)
        assert 1 <= paid.problems <= MOST_PROBLEMS, (what, paid)
        assert paid.megabytes < MOST_MEGABYTES, (what, paid)
        costs[what] = paid
    longest = max(costs, key=lambda what: costs[what].seconds)
    largest = max(costs, key=lambda what: costs[what].megabytes)
    figures = {
        "path": path,
        "longest": longest,
        "seconds": round(costs[longest].seconds, 3),
        "largest": largest,
        "megabytes": round(costs[largest].megabytes),
    }
    report(capsys, figures)


@pytest.mark.parametrize("query", ["a{0}=1", "limit={0}", "limit=x{0}&limit=1"])
def test_no_query_costs_much(service: tuple[str, int], query: str) -> None:
    url, worker = service
    parameters = "&".join(query.format(number) for number in range(3_000))
    paid = cost(worker, lambda: requests.get(f"{url}/logs?{parameters}", headers=JSON, timeout=60))
    assert paid.status == 400
    assert 1 <= paid.problems <= MOST_PROBLEMS
    assert paid.megabytes < MOST_MEGABYTES


def test_problems_are_listed_up_to_the_hundredth(http: FlaskClient) -> None:
    answer = _refused(http, {"instances": [{}] * 10_000})
    assert len(answer["validation_errors"]) == MOST_PROBLEMS
    assert answer["validation_errors"][99]["field"] == "instances[12].AveBedrms"
    assert "only the first 100 problems are listed" in answer["error"]


def test_problems_far_apart_are_all_listed(http: FlaskClient) -> None:
    rows = [dict(EXAMPLE) for _ in range(1_000)]
    for number in (3, 500, 999):
        rows[number]["MedInc"] = -1.0
    rows[999]["Garden"] = 1.0
    answer = _refused(http, {"instances": rows})
    assert [each["field"] for each in answer["validation_errors"]] == [
        "instances[3].MedInc",
        "instances[500].MedInc",
        "instances[999].MedInc",
        "instances[999].Garden",
    ]
    assert "only the first" not in answer["error"]


def test_a_row_that_is_not_a_number_for_json_is_found_after_another(http: FlaskClient) -> None:
    wrong = json.dumps([EXAMPLE | {"MedInc": "1"}, EXAMPLE | {"HouseAge": float("inf")}])
    body = f'{{"instances": {wrong}}}'
    answer = http.post("/predict_batch", data=body, content_type="application/json").json
    assert answer is not None
    fields = [each["field"] for each in answer["validation_errors"]]
    assert fields == ["instances[0].MedInc", "instances[1].HouseAge"]


def _refused(http: FlaskClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = http.post("/predict_batch", json=body)
    assert answer.status_code == 400
    content = answer.json
    assert content is not None
    return dict(content)
