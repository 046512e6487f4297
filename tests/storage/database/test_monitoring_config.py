"""The configuration: defaults, changes with their history, and what is refused, on both databases."""

from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from storage.database.commands import ask
from storage.database.connection import Database
from storage.database.monitoring_config import read_config
from storage.database.record_log import PageRequest, RecordLog
from storage.log_writer.writer import LogWriter
from storage.schema.monitoring_config import MonitoringConfig, bounds_of
from storage.schema.records import utc_now
from storage.schema.tables import monitoring_config
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.log_writing import carried_out


class Operator:
    """Changes the configuration as the service does, with a log-writer beside it."""

    def __init__(self, settings: Settings, spool: Spool, writable: Database, readable: Database):
        self.writer = LogWriter(settings.paths, writable, settings.log_writer.batch_bytes)
        self.writable, self.readable, self.spool = writable, readable, spool
        self.log = RecordLog(readable, settings.paths)

    def ask(self, name: Any, **arguments: Any) -> dict[str, Any]:
        return carried_out(
            lambda: self.writer.drain(utc_now()),
            lambda: ask(self.spool, self.readable, name, 20.0, arguments),
        )

    def change(self, changed_by: str = "admin", **changes: Any) -> dict[str, Any]:
        return self.ask("change_monitoring_config", changes=changes, changed_by=changed_by)


@pytest.fixture
def operator(settings: Settings, spool: Spool, writable: Database, readable: Database) -> Operator:
    return Operator(settings, spool, writable, readable)


def test_without_a_change_the_defaults_are_in_force(operator: Operator) -> None:
    stored = read_config(operator.readable)
    assert (stored.config, stored.version, stored.readable) == (MonitoringConfig(), 0, True)


def test_without_a_database_the_defaults_are_in_force_and_it_says_so(settings: Settings) -> None:
    stored = read_config(Database(settings.database_address))
    assert (stored.config, stored.version, stored.readable) == (MonitoringConfig(), 0, False)


def test_each_change_is_a_row_that_keeps_the_values_before(operator: Operator) -> None:
    assert operator.change(cooldown_hours=6)["changed"] == {"cooldown_hours": [24.0, 6]}
    assert operator.change("somebody", window_hours=12.0)["version"] == 2
    stored = read_config(operator.readable)
    assert (stored.config.cooldown_hours, stored.config.window_hours) == (6.0, 12.0)
    assert (stored.version, stored.changed_by) == (2, "somebody")
    with operator.readable.transaction() as connection:
        rows = connection.execute(sa.select(monitoring_config)).mappings().all()
    assert [row["changes"] for row in rows] == [
        {"cooldown_hours": [24.0, 6.0]},
        {"window_hours": [24.0, 12.0]},
    ]


def test_each_change_is_an_event(operator: Operator) -> None:
    operator.change(automatic_retraining_enabled=True)
    event = operator.log.events(PageRequest(), kinds=("configuration",)).rows[0]
    assert event["actor"] == "admin"
    assert event["summary"].endswith(": automatic_retraining_enabled False -> True.")


def test_what_does_not_fit_is_refused_and_changes_nothing(operator: Operator) -> None:
    assert "less than or equal to 10000" in operator.change(drift_minimum_rows=50_000)["refused"]
    assert read_config(operator.readable).version == 0


def test_a_row_of_another_release_does_not_stop_the_service(
    operator: Operator, caplog: pytest.LogCaptureFixture
) -> None:
    operator.change(cooldown_hours=6.0)
    _replace(operator, {"cooldown_hours": 5.0, "of_the_future": 1})
    assert read_config(operator.readable).config.cooldown_hours == 5.0
    _replace(operator, {"cooldown_hours": -5.0})
    assert read_config(operator.readable).config == MonitoringConfig()
    assert "is invalid" in caplog.text


def test_clearing_the_records_keeps_configuration_and_timeline(operator: Operator) -> None:
    operator.change(cooldown_hours=6.0)
    operator.ask("clear_database", asked_by="admin")
    assert read_config(operator.readable).config.cooldown_hours == 6.0
    kinds = [row["event_kind"] for row in operator.log.events(PageRequest()).rows]
    assert kinds == ["clear", "configuration"]


@pytest.mark.parametrize("name", MonitoringConfig.model_fields)
def test_every_value_refuses_another_type_and_what_is_out_of_bounds(name: str) -> None:
    not_numbers: tuple[Any, ...] = ("7", None, [], float("nan"), float("inf"))
    for wrong in not_numbers:
        with pytest.raises(ValidationError):
            MonitoringConfig.model_validate({name: wrong})
    for bound, value in bounds_of(name).items():
        outside = {"ge": value - 1, "gt": value, "le": value + 1, "lt": value}[bound]
        with pytest.raises(ValidationError):
            MonitoringConfig.model_validate({name: outside})


def _replace(operator: Operator, config: dict[str, Any]) -> None:
    with operator.writable.transaction() as connection:
        connection.execute(sa.update(monitoring_config).values(config=config))
