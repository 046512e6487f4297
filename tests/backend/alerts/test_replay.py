"""What thresholds would have done: the same rules over a past that was made by hand."""

from datetime import UTC, datetime

import numpy as np
import pytest

from backend.alerts.replay import Replayed, replay
from storage.requests.histogram import count_latencies
from storage.requests.history import STEP_SECONDS, RequestHistory
from storage.schema.monitoring_config import MonitoringConfig

BEGIN = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
STEPS = 6 * 24
"""One day."""
A_STEP = 100
"""Requests."""


def past(
    *,
    failed: dict[int, int] | None = None,
    slow: dict[int, float] | None = None,
    silent: range = range(0),
) -> RequestHistory:
    """Return a day of even traffic of 5 ms, but for some steps."""
    requests = np.full(STEPS, A_STEP)
    requests[[*silent]] = 0
    errors = np.zeros(STEPS, dtype=np.int64)
    for step, number in (failed or {}).items():
        errors[step] = number
    latencies = np.array(
        [
            count_latencies([(slow or {}).get(step, 0.005)] * int(requests[step]))
            for step in range(STEPS)
        ]
    )
    return RequestHistory(BEGIN, requests, errors, latencies)


def by_name(found: list[Replayed]) -> dict[str, tuple[int, float]]:
    return {one.rule.name: (one.alarms, one.minutes) for one in found}


def test_nothing_fires_on_a_quiet_day() -> None:
    found = by_name(replay(past(), MonitoringConfig(alert_no_traffic_minutes=30)))
    assert found == dict.fromkeys(("error_rate", "latency", "no_traffic"), (0, 0.0))


def test_an_hour_of_failures_fires_once_and_a_higher_limit_does_not() -> None:
    history = past(failed=dict.fromkeys(range(60, 66), 20))
    alarms, minutes = by_name(replay(history, MonitoringConfig()))["error_rate"]
    assert alarms == 1
    assert 60 <= minutes <= 90
    assert by_name(replay(history, MonitoringConfig(alert_error_share=0.3)))["error_rate"] == (0, 0)


def test_two_slow_times_are_two_alarms() -> None:
    history = past(slow=dict.fromkeys((*range(20, 24), *range(100, 104)), 2.0))
    assert by_name(replay(history, MonitoringConfig()))["latency"][0] == 2
    patient = MonitoringConfig(alert_latency_milliseconds=3_000)
    assert by_name(replay(history, patient))["latency"][0] == 0


@pytest.mark.parametrize(("minutes", "alarms"), [(0.0, 0), (60.0, 1), (300.0, 0)])
def test_silence_fires_after_its_time(minutes: float, alarms: int) -> None:
    history = past(silent=range(50, 68))
    config = MonitoringConfig(alert_no_traffic_minutes=minutes)
    assert by_name(replay(history, config))["no_traffic"][0] == alarms


def test_few_requests_are_not_judged() -> None:
    history = past(failed={70: A_STEP})
    demanding = MonitoringConfig(alert_minimum_requests=10_000)
    assert by_name(replay(history, demanding))["error_rate"] == (0, 0)


def test_no_past_is_judged_as_nothing() -> None:
    history = RequestHistory(BEGIN, *(np.zeros(0, np.int64),) * 2, np.zeros((0, 384), np.int64))
    assert by_name(replay(history, MonitoringConfig()))["latency"] == (0, 0)
    assert history.end_of(-1).timestamp() == BEGIN
    assert STEP_SECONDS == 600
