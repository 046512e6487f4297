"""The decision about intervals calibrated again: for each rule there is a case that only it decides."""

from dataclasses import replace

import numpy as np
import pytest

from storage.schema.predictions import LabelledPredictions, Predictions
from storage.settings import Settings
from training.evaluation.behaviour import Observation
from training.evaluation.comparison import Comparison
from training.promotion.checks import Rules
from training.promotion.interval_decision import (
    NEARER,
    NO_LONGER_HOLD,
    SCORE,
    IntervalEvidence,
    decide_intervals,
)

RULES = Rules.of(Settings())
HALF_WIDTH = 1.645
"""Holds nine of ten standard normal errors."""


def answers(rows: int, half_width: float, noise: float = 1.0, seed: int = 0) -> LabelledPredictions:
    """Answers of 0 to rows whose errors are as large as ``noise``, in intervals of one width."""
    actual = np.random.default_rng(seed).normal(0.0, noise, rows)
    predicted = np.zeros(rows)
    found = Predictions(predicted, predicted - half_width, predicted + half_width)
    return found.labelled(actual, np.zeros((rows, 8)))


def evidence(noise: float, times: float, old: float = HALF_WIDTH) -> IntervalEvidence:
    """The errors are as large as ``noise``; the new intervals are ``times`` as wide as the champion's."""
    judged = [answers(90, width, noise, seed=1) for width in (times * old, old)]
    return IntervalEvidence(
        "the champion", answers(210, old, noise), Comparison(*judged), 0.9, "degradation"
    )


def failed(found: IntervalEvidence) -> list[str]:
    decision = decide_intervals(found, RULES)
    assert decision.promote is (not [each for each in decision.checks if not each.passed])
    return [] if decision.promote else decision.decided_by


def test_intervals_that_hold_again_are_promoted_with_their_figures() -> None:
    decision = decide_intervals(evidence(2.0, times=2.0), RULES)
    assert (decision.promote, decision.branch) == (True, "better intervals")
    assert decision.decided_by == [NO_LONGER_HOLD, NEARER, SCORE]
    figures = {check.name: check.figures for check in decision.checks}
    assert figures[NO_LONGER_HOLD]["rows"] == 210
    assert figures[NEARER]["rows"] == 90
    assert "the champion's intervals no longer hold: " in decision.reason
    assert "of 90 values that calibrated nothing, the champion's" in decision.reason


def test_intervals_that_became_needlessly_wide_are_narrowed() -> None:
    assert failed(evidence(0.5, times=0.5)) == []


@pytest.mark.parametrize("seed", range(20))
def test_where_nothing_changed_chance_offers_nothing(seed: int) -> None:
    found = replace(evidence(1.0, times=1.0), calibrating=answers(210, HALF_WIDTH, seed=100 + seed))
    assert NO_LONGER_HOLD in failed(found)


def test_one_bad_window_is_not_enough() -> None:
    """It holds 83 % of 100 rows: by chance one window in forty does, and its interval reaches 88 %."""
    few = answers(100, HALF_WIDTH)
    actual = np.where(np.arange(100) < 83, 0.0, 9.0)
    found = replace(evidence(2.0, times=2.0), calibrating=replace(few, actual=actual))
    assert failed(found) == [NO_LONGER_HOLD]


def test_intervals_that_miss_on_the_other_side_are_refused() -> None:
    assert failed(evidence(2.0, times=0.5)) == [NEARER, SCORE]


def test_coverage_bought_by_needless_width_is_refused() -> None:
    """Nine more values lie just outside and six far: 94 % is nearer than 85 %, at nearly twice the width."""
    far = np.select([np.arange(100) < 85, np.arange(100) < 94], [0.1, 1.01], 2.0)
    new, old = (replace(answers(100, width), actual=far) for width in (1.9, 1.0))
    found = replace(evidence(2.0, times=2.0), judging=Comparison(new, old))
    assert failed(found) == [SCORE]


def test_a_broken_promise_forbids_it() -> None:
    broken = Observation("finite", 10, 1, "9 of 10 answers are finite numbers")
    found = replace(evidence(2.0, times=2.0), behaviour=(broken,))
    assert failed(found) == ["behaviour: finite"]
