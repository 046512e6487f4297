"""What a person should look at is in /health, whether the service predicts or not."""

from datetime import timedelta

import numpy
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.services import EXTENSION, Services
from storage.log_writer.status import LogWriterStatus, publish
from storage.models.libraries import libraries
from storage.models.store import ModelStore
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.versions import champion_and_dearer, train_with

PROBLEM = "No records are removed by age."


def test_the_log_writers_problems_are_passed_on(
    http: FlaskClient, service_settings: Settings
) -> None:
    assert _alarms(http) == []
    _publish(service_settings, timedelta(0))
    assert _alarms(http) == [PROBLEM]


def test_a_log_writer_that_reports_no_more_is_an_alarm(
    http: FlaskClient, service_settings: Settings
) -> None:
    _publish(service_settings, timedelta(minutes=2))
    (alarm,) = _alarms(http)
    assert alarm.startswith("The log-writer has not reported since ")
    assert alarm.endswith("none is lost.")


def test_other_libraries_than_a_version_was_trained_with_are_an_alarm(
    app: Flask, service_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    store = ModelStore(service_settings.paths)
    _, dearer = champion_and_dearer(store)
    assert store.manifest(dearer).libraries == libraries()
    train_with(store, dearer, numpy="1.26.0")
    store.set_champion(dearer)
    services: Services = app.extensions[EXTENSION]
    assert services.host.refresh()
    (alarm,) = _alarms(app.test_client())
    assert f"{dearer} was trained with numpy 1.26.0 and is used with {numpy.__version__}." in alarm
    assert alarm in caplog.messages


def _alarms(http: FlaskClient) -> list[str]:
    answer = http.get("/health")
    assert answer.status_code == 200
    alarms: list[str] = answer.get_json()["alarms"]
    return alarms


def _publish(settings: Settings, age: timedelta) -> None:
    settings.paths.spool.mkdir(parents=True, exist_ok=True)
    status = LogWriterStatus(updated_at=utc_now() - age, problems=(PROBLEM,))
    publish(settings.paths.log_writer_status, status)
