"""One column over time in words: since when, and never a verdict that the chart contradicts unexplained."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.contract.drift.analysis import ColumnScore
from backend.contract.drift.timeline import DriftOnset
from backend.drift.thresholds import DriftThresholds
from dashboard.drift.onset import agreement_words, onset_words

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
THRESHOLDS = {name: float(value) for name, value in asdict(DriftThresholds()).items()}


def onset(
    beyond: int, first: int | None, within: int | None, last: int | None, compared: int = 12
) -> DriftOnset:
    moments = [
        None if minutes is None else NOON + timedelta(minutes=minutes)
        for minutes in (first, within, last)
    ]
    return DriftOnset(
        steps=13,
        steps_compared=compared,
        steps_beyond=beyond,
        first_beyond=moments[0],
        last_within=moments[1],
        last_beyond=moments[2],
    )


QUIET = onset(0, None, None, None)
SINCE = onset(3, 30, 25, 40)


def score(*, drifted: bool, p_value: float = 0.5, distance: float | None = 0.2) -> ColumnScore:
    said: dict[str, Any] = {
        "drifted": drifted,
        "adjusted_p_value": p_value,
        "ks_statistic": distance,
    }
    return ColumnScore.model_construct(**said)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (onset(0, None, None, None, compared=0), "No step has enough predictions to compare."),
        (QUIET, "No step is beyond its expected range."),
        (
            SINCE,
            "Beyond the expected range since 2026-11-20 12:30 UTC; the last step within it began "
            "2026-11-20 12:25 UTC.",
        ),
        (
            onset(12, 0, None, 55),
            "Beyond the expected range since 2026-11-20 12:00 UTC, the first step compared; a longer "
            "period may show when it began.",
        ),
        (
            onset(1, None, None, 20),
            "Within the expected range in the newest step; 1 step was beyond it, the last at "
            "2026-11-20 12:20 UTC.",
        ),
    ],
)
def test_since_when_is_said_in_a_sentence(found: DriftOnset, words: str) -> None:
    assert onset_words(found) == words


@pytest.mark.parametrize(
    ("column", "found", "said"),
    [
        (score(drifted=True, p_value=0.0001), SINCE, ""),
        (score(drifted=False), QUIET, ""),
        (score(drifted=False, distance=None), QUIET, ""),
        (score(drifted=True, p_value=0.0001), QUIET, "has more predictions than each step"),
        (score(drifted=True, p_value=0.5), QUIET, "missing or out-of-range values"),
        (score(drifted=True, p_value=0.0001, distance=0.02), QUIET, "missing or out-of-range"),
        (score(drifted=False, distance=0.021), SINCE, "the difference is 2.1%, too small to count"),
    ],
)
def test_a_chart_that_looks_unlike_the_verdict_is_explained(
    column: ColumnScore, found: DriftOnset, said: str
) -> None:
    words = agreement_words(column, found, THRESHOLDS)
    assert said in words
    assert bool(words) == bool(said)
