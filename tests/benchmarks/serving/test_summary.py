"""A bar is met or missed by its own figure, and the text says so."""

from typing import Any

import pytest

from tests.benchmarks.serving.load import LoadFigures
from tests.benchmarks.serving.summary import bars, medians, text

RESULTS: dict[str, Any] = {
    "predict": {"requests_per_second": 5_000.0, "p50_milliseconds": 1.5, "p99_milliseconds": 8.0},
    "constant": {"requests_per_second": 10_000.0, "p50_milliseconds": 0.7, "p99_milliseconds": 2.0},
    "ratio": 0.5,
    "batches": [
        {"rows": 1, "served": 10.0, "in_process": 1_000.0, "share": 0.01},
        {"rows": 10_000, "served": 7_000.0, "in_process": 10_000.0, "share": 0.7},
    ],
    "worker_memory": [
        {"rss_megabytes": 300.0, "pss_megabytes": 200.0},
        {"rss_megabytes": 399.0, "pss_megabytes": 200.0},
    ],
    "stored_predictions": 123_456,
    "drain_seconds": 1.0,
    "cold_start_seconds": 5.0,
    "one_prediction_microseconds": 100.0,
}
WORSE: list[tuple[dict[str, Any], int]] = [
    ({"ratio": 0.499}, 0),
    ({"predict": RESULTS["predict"] | {"p99_milliseconds": 8.01}}, 1),
    ({"batches": [RESULTS["batches"][1], RESULTS["batches"][0]]}, 2),
    ({"worker_memory": [{"rss_megabytes": 401.0, "pss_megabytes": 1.0}]}, 3),
    ({"one_prediction_microseconds": float("nan")}, 4),
]


def test_a_figure_at_its_limit_meets_the_bar() -> None:
    assert [bar["met"] for bar in bars(RESULTS)] == [True] * 5


@pytest.mark.parametrize(("change", "missed"), WORSE)
def test_each_bar_is_missed_by_its_own_figure(change: dict[str, Any], missed: int) -> None:
    met = [bar["met"] for bar in bars(RESULTS | change)]
    assert met == [number != missed for number in range(5)]


def test_the_text_has_every_figure() -> None:
    missed = RESULTS | {"ratio": 0.4}
    said = text(missed | {"bars": bars(missed)})
    for figure in ("5,000", "10,000 |", "0.400", "7,000", "123,456", "399 MB", "5.0 s", "missed"):
        assert figure in said


def test_a_round_that_was_disturbed_does_not_count_for_more() -> None:
    rates = (900.0, 1_000.0, 100.0)
    rounds = [LoadFigures(10, rate, 1.0, 2.0, 0, 0) for rate in rates]
    assert medians(rounds)["requests_per_second"] == 900.0
