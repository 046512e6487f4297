"""Backlog and log-writer on /metrics, with the database and without it."""

import time
from collections.abc import Callable

from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from storage.domain.inputs import EXAMPLE
from storage.log_writer.status import LogWriterStatus, publish
from storage.schema.records import utc_now
from storage.settings import Settings

NAMES = {
    "spool_backlog_bytes",
    "spool_oldest_record_age_seconds",
    "log_writer_lag_seconds",
    "log_writer_last_seen_timestamp_seconds",
    "log_writer_records_total",
    "log_writer_rejected_records_total",
    "log_writer_alarms_total",
    "retention_pruned_rows_total",
}


def test_the_backlog_rises_and_falls(http: FlaskClient, store_records: Callable[[], None]) -> None:
    http.post("/predict", json=EXAMPLE)
    time.sleep(0.01)
    waiting = _samples(http)
    assert waiting["spool_backlog_bytes"] > 300
    assert 0.01 <= waiting["spool_oldest_record_age_seconds"] < 60
    store_records()
    moved = _samples(http)
    assert moved["spool_backlog_bytes"] == 0
    assert moved["spool_oldest_record_age_seconds"] == 0


def test_the_backlog_is_told_without_a_database(http: FlaskClient) -> None:
    http.post("/predict", json=EXAMPLE)
    samples = _samples(http)
    assert samples["spool_backlog_bytes"] > 300
    assert "log_writer_lag_seconds" not in samples, "it has not run"


def test_the_log_writers_word_is_passed_on(http: FlaskClient, service_settings: Settings) -> None:
    http.post("/predict", json=EXAMPLE)
    status = LogWriterStatus(
        updated_at=utc_now(),
        records_moved=7,
        lag_seconds=0.25,
        rows_pruned={"logs": 3},
        alarms={"clock": 2},
    )
    publish(service_settings.paths.log_writer_status, status)
    samples = _samples(http)
    assert set(samples) >= NAMES
    assert samples["log_writer_records_total"] == 7
    assert samples["log_writer_lag_seconds"] == 0.25
    assert samples["retention_pruned_rows_total"] == 3
    assert samples["log_writer_alarms_total"] == 2


def test_each_has_its_help(http: FlaskClient) -> None:
    text = http.get("/metrics").text
    for family in text_string_to_metric_families(text):
        assert family.documentation.endswith("."), family.name


def test_the_statistics_tell_the_age(http: FlaskClient, store_records: Callable[[], None]) -> None:
    http.post("/predict", json=EXAMPLE)
    store_records()
    http.get("/health/live")
    time.sleep(0.01)
    answer = http.get("/database/stats").get_json()
    backlog = answer["statistics"]["spool_backlog"]
    assert backlog["bytes"] > 0
    assert backlog["oldest_age_seconds"] >= 0.01


def _samples(http: FlaskClient) -> dict[str, float]:
    families = text_string_to_metric_families(http.get("/metrics").text)
    return {sample.name: sample.value for family in families for sample in family.samples}
