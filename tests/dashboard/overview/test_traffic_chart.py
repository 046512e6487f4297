"""The traffic chart: from the first request on, points in the middle of their steps, units in the titles."""

from datetime import UTC, datetime, timedelta

from backend.contract.traffic import Step
from dashboard.overview.traffic_chart import since_first_request, traffic_option

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def step(minute: int, requests: int, errors: int = 0) -> Step:
    latency = 2.0 if requests else None
    return Step(
        time=NOON + minute * MINUTE,
        requests=requests,
        errors=errors,
        errors_by_status={503: errors} if errors else {},
        p50=latency,
        p95=latency,
        p99=latency,
    )


def test_steps_before_the_first_request_are_left_out_and_later_ones_are_not() -> None:
    series = [step(0, 0), step(1, 0), step(2, 3), step(3, 0), step(4, 1)]
    assert since_first_request(series) == series[2:]
    assert since_first_request(series[:2]) == []


def test_the_chart_says_its_units_and_puts_points_into_the_middle_of_their_steps() -> None:
    option = traffic_option([step(0, 5, errors=2), step(1, 0)], MINUTE)
    assert [title["text"] for title in option["title"]] == ["Latency, ms", "Requests per minute"]
    first, second = option["dataset"]["source"]
    middle = (NOON + MINUTE / 2).isoformat()
    assert first == {"time": middle, "p50": 2.0, "p95": 2.0, "OK": 3, "Failed": 2}
    assert (second["p50"], second["OK"]) == (None, 0)
    assert option["xAxis"][0]["min"] == NOON.isoformat()
    assert option["xAxis"][0]["max"] == (NOON + 2 * MINUTE).isoformat()
