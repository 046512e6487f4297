"""Every error of every endpoint has the one shape, the right status and no internals."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.services import EXTENSION, Services
from storage.domain.inputs import EXAMPLE
from tests.system import bearer


def assert_problem(answer: TestResponse, status: int) -> dict[str, Any]:
    body = answer.json
    assert body is not None
    assert answer.status_code == body["status"] == status
    assert answer.mimetype == "application/problem+json"
    assert body["success"] is False
    assert body["instance"] == answer.headers["X-Request-ID"]
    assert {"type", "title", "detail", "error", "timestamp"} <= body.keys()
    assert "Traceback" not in answer.get_data(as_text=True)
    return dict(body)


def test_an_unknown_path(http: FlaskClient) -> None:
    assert_problem(http.get("/nothing"), 404)


def test_a_wrong_method_names_the_right_ones(http: FlaskClient) -> None:
    answer = http.get("/predict")
    assert_problem(answer, 405)
    assert "POST" in answer.headers["Allow"]


def test_a_body_without_a_length(http: FlaskClient) -> None:
    answer = http.open(
        "/predict",
        method="POST",
        environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
        headers={"Content-Type": "application/json", "Transfer-Encoding": "chunked"},
    )
    assert_problem(answer, 411)


def test_a_body_that_is_too_large(http: FlaskClient, app: Flask) -> None:
    services: Services = app.extensions[EXTENSION]
    body = b" " * (services.settings.backend.request_limit_bytes + 1)
    answer = http.post("/predict", data=body, content_type="application/json")
    assert_problem(answer, 413)


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_is_not_json(http: FlaskClient, media_type: str) -> None:
    assert_problem(http.post("/predict", data=b"{}", content_type=media_type), 415)


def test_a_defect_shows_no_internals(
    http: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    services: Services = app.extensions[EXTENSION]

    def fail(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(services.predictions, "draft", fail)
    answer = http.post("/predict", json=EXAMPLE)
    assert_problem(answer, 500)
    assert "hunter2" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/logs", "/metrics/api", "/database/stats", "/predictions"])
def test_a_missing_database_is_a_503_and_predicting_goes_on(http: FlaskClient, path: str) -> None:
    assert "log-writer" in assert_problem(http.get(path), 503)["error"]
    assert http.post("/predict", json=EXAMPLE).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=x",
        "since=yesterday",
        "since=2026-01-01T00:00:00",
        "colour=red",
        "page_token=x",
    ],
)
@pytest.mark.parametrize("path", ["/logs", "/metrics/api", "/predictions"])
def test_a_wrong_query_is_refused(http: FlaskClient, path: str, query: str) -> None:
    assert_problem(http.get(f"{path}?{query}"), 400)


@pytest.mark.parametrize("sent", ["", "x" * 129, "a b", "<script>"])
def test_a_request_id_that_is_not_valid_is_replaced(http: FlaskClient, sent: str) -> None:
    answer = http.get("/health", headers={"X-Request-ID": sent})
    assert answer.headers["X-Request-ID"] not in ("", sent)


def test_a_valid_request_id_comes_back(http: FlaskClient) -> None:
    assert http.get("/", headers={"X-Request-ID": "a.b-c_1"}).headers["X-Request-ID"] == "a.b-c_1"


def test_clearing_needs_a_key_and_the_right_one(http: FlaskClient) -> None:
    assert http.post("/database/clear").headers["WWW-Authenticate"] == "Bearer"
    assert_problem(http.post("/database/clear"), 401)
    assert_problem(http.post("/database/clear", headers=bearer("wrong")), 401)
    assert_problem(http.post("/database/clear", headers={"Authorization": "Basic see"}), 401)
    assert_problem(http.post("/database/clear", headers=bearer("see")), 403)
    assert_problem(http.post("/database/clear", headers=bearer("operate")), 403)
