"""Keys that are refused are counted by reason and audited at a bounded rate, and never kept."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from backend.metrics.metrics import Metrics
from backend.services import EXTENSION
from backend.web.refused_keys import AUDIT_SECONDS, RefusedKeys
from storage.audit.trail import AuditTrail
from storage.settings import Settings
from tests.system import bearer

GUESS = "a-guess-that-is-wrong"


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def test_a_guessed_key_is_counted_and_audited_without_it(app: Flask, client: FlaskClient) -> None:
    trail: AuditTrail = app.extensions[EXTENSION].audit
    for _ in range(20):
        assert client.post("/database/clear", headers=bearer(GUESS)).status_code == 401
    metrics = client.get("/metrics").get_data(as_text=True)
    assert 'api_refused_keys_total{reason="unknown"} 20.0' in metrics
    entry, *others = trail.newest(10)
    assert (entry.action, entry.figures["refused"], others) == ("key refused", 1, [])
    assert GUESS not in metrics + entry.model_dump_json()


def test_a_low_role_is_only_counted(app: Flask, client: FlaskClient) -> None:
    trail: AuditTrail = app.extensions[EXTENSION].audit
    assert client.post("/database/clear", headers=bearer("see")).status_code == 403
    metrics = client.get("/metrics").get_data(as_text=True)
    assert 'api_refused_keys_total{reason="role"} 1.0' in metrics
    assert trail.newest(10) == []


def test_one_entry_a_minute_has_the_number_since_the_last(settings: Settings) -> None:
    trail = AuditTrail(settings.paths)
    refused = RefusedKeys(Metrics(CollectorRegistry()), trail)
    for number in range(100):
        refused.note_unknown("192.0.2.1", number)
    assert [entry.figures["refused"] for entry in trail.newest(10)] == [AUDIT_SECONDS, 1]
