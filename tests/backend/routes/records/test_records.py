"""What the service recorded, read back over HTTP."""

import logging
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.contract.database import DatabaseClearedResponse, DatabaseStatisticsResponse
from backend.contract.records import LogsResponse, RequestsResponse
from backend.routes import database
from backend.services import EXTENSION, Services
from storage.domain.inputs import EXAMPLE
from storage.log_writer.commands import COMMANDS, clear_records
from storage.spool.log_handler import SpoolHandler
from tests.log_writing import Store, carried_out
from tests.system import bearer


def test_every_request_is_a_row(http: FlaskClient, store_records: Store) -> None:
    http.post("/predict", json=EXAMPLE, headers={"X-Request-ID": "good"})
    http.post("/predict", json={}, headers={"X-Request-ID": "bad"})
    http.get("/nothing", headers={"X-Request-ID": "lost"})
    store_records()
    rows = {row.request_id: row for row in _requests(http, "").metrics}
    assert rows["good"].success
    assert rows["good"].endpoint == "/predict"
    assert rows["good"].model_version
    assert 0 < rows["good"].response_time < 5
    assert rows["bad"].status_code == 400
    assert str(rows["bad"].error_message).startswith("Missing required features")
    assert rows["lost"].endpoint == "unmatched"


def test_requests_filter_and_echo(http: FlaskClient, store_records: Store) -> None:
    for _ in range(3):
        http.post("/predict", json={})
    http.get("/health")
    store_records()
    page = _requests(http, "?endpoint=/predict&status=400&limit=2")
    assert page.total == len(page.metrics) == 2
    assert page.filters == {"endpoint": "/predict", "status": 400, "limit": 2}
    assert page.next_page_token
    rest = _requests(http, f"?endpoint=/predict&limit=2&page_token={page.next_page_token}")
    assert rest.total == 1


def test_log_lines_carry_the_request_id(
    http: FlaskClient, app: Flask, store_records: Store
) -> None:
    services: Services = app.extensions[EXTENSION]
    handler = SpoolHandler(services.spool, "mlops-api")
    logging.getLogger("backend").addHandler(handler)
    try:
        http.get("/logs", headers={"X-Request-ID": "before-the-database"})
        services.host._store._paths.champion_pointer.write_text("{")
        services.host.refresh()
    finally:
        logging.getLogger("backend").removeHandler(handler)
    store_records()
    logs = LogsResponse.model_validate(http.get("/logs?level=ERROR&q=pointer").json).logs
    assert [line.process for line in logs] == ["mlops-api"]
    assert logs[0].request_id is None


def test_clearing_empties_the_tables_and_says_how_much(
    http: FlaskClient, store_records: Store
) -> None:
    http.post("/predict", json=EXAMPLE)
    store_records()
    key = bearer("administer")
    body = carried_out(store_records, lambda: http.post("/database/clear", headers=key)).json
    assert body is not None
    assert body["message"] == "Database cleared successfully"
    assert body["deleted"]["predictions"] == 1
    statistics = DatabaseStatisticsResponse.model_validate(http.get("/database/stats").json)
    assert statistics.statistics.predictions == 0


def test_a_clearing_that_takes_long_is_said_to_be_under_way(
    http: FlaskClient, store_records: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*arguments: Any) -> dict[str, int]:
        time.sleep(0.5)  # as of ten million rows
        return clear_records(*arguments)

    monkeypatch.setattr(database, "CLEARING_SECONDS", 0.1)
    monkeypatch.setitem(COMMANDS, "clear_database", slowly)
    http.post("/predict", json=EXAMPLE)
    store_records()
    key = bearer("administer")
    answer = carried_out(store_records, lambda: http.post("/database/clear", headers=key))
    body = DatabaseClearedResponse.model_validate(answer.json)
    assert (answer.status_code, body.under_way, body.deleted) == (200, True, {})
    assert "is deleting all records" in body.message
    store_records()
    statistics = DatabaseStatisticsResponse.model_validate(http.get("/database/stats").json)
    assert statistics.statistics.predictions == 0


def _requests(http: FlaskClient, query: str) -> RequestsResponse:
    return RequestsResponse.model_validate(http.get(f"/metrics/api{query}").json)
