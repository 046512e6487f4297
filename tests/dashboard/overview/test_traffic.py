"""Requests as figures: percentiles, errors and steps of time, checked by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.contract.records import RequestRow
from dashboard.overview.traffic import MOST_STEPS, STEPS, over_time, step_for, summarize
from dashboard.overview.traffic_chart import traffic_option
from dashboard.shared.moment import step_words

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _row(seconds: float, milliseconds: float, status: int = 200) -> RequestRow:
    return RequestRow(
        id=1,
        timestamp=NOON + timedelta(seconds=seconds),
        endpoint="/predict",
        method="POST",
        status_code=status,
        response_time=milliseconds / 1_000,
        success=status < 400,
        error_message=None,
        request_id="one",
        model_version=None,
    )


def test_nothing_has_no_summary_and_no_steps() -> None:
    assert summarize([]) is None
    assert over_time([], timedelta(seconds=1)) == []


def test_percentiles_errors_and_period() -> None:
    rows = [_row(second, milliseconds=second + 1) for second in range(100)]
    rows[3] = _row(3, milliseconds=4, status=503)
    summary = summarize(rows)
    assert summary is not None
    assert (summary.requests, summary.errors, summary.error_share) == (100, 1, 0.01)
    assert summary.p50 == pytest.approx(50.5)
    assert summary.p95 == pytest.approx(95.05)
    assert (summary.since, summary.until) == (NOON, NOON + timedelta(seconds=99))


def test_a_step_without_requests_counts_none_and_has_no_latency() -> None:
    rows = [_row(0.2, 2), _row(0.9, 4, status=400), _row(2.5, 8)]
    first, second, third = over_time(rows, timedelta(seconds=1))
    assert (first.time, first.answered, first.failed) == (NOON, 1, 1)
    assert first.p50 == pytest.approx(3)
    assert (second.answered, second.failed, second.p50, second.p95) == (0, 0, None, None)
    assert third.answered == 1
    assert third.p95 == pytest.approx(8)


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 3_600, 86_400, 40 * 86_400])
def test_no_chart_has_more_points_than_can_be_told_apart(seconds: int) -> None:
    rows = [_row(0, 1), _row(seconds, 1)]
    assert len(over_time(rows, step_for(timedelta(seconds=seconds)))) <= MOST_STEPS


def test_every_step_has_words_and_the_chart_says_its_units() -> None:
    words = [step_words(step) for step in STEPS]
    assert words[:4] == ["second", "5 seconds", "15 seconds", "minute"]
    assert words[-3:] == ["hour", "6 hours", "day"]
    option = traffic_option(over_time([_row(0, 2)], STEPS[0]), STEPS[0])
    assert [title["text"] for title in option["title"]] == ["Latency, ms", "Requests per second"]
    assert option["dataset"]["source"][0]["time"] == NOON.isoformat()
