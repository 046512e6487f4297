"""What a person should look at is in /health, whether the service predicts or not."""

from datetime import timedelta

from flask.testing import FlaskClient

from storage.log_writer.status import LogWriterStatus, publish
from storage.schema.records import utc_now
from storage.settings import Settings

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


def _alarms(http: FlaskClient) -> list[str]:
    answer = http.get("/health")
    assert answer.status_code == 200
    alarms: list[str] = answer.get_json()["alarms"]
    return alarms


def _publish(settings: Settings, age: timedelta) -> None:
    settings.paths.spool.mkdir(parents=True, exist_ok=True)
    status = LogWriterStatus(updated_at=utc_now() - age, problems=(PROBLEM,))
    publish(settings.paths.log_writer_status, status)
