"""A model that has learned nothing answers about the mean, and is never promoted."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.promotion.test_decision import ACTUAL, NOISE, RULES, evidence, failed, figures
from training.promotion.decision import decide


@pytest.mark.parametrize("champion_version", ["the champion", None])
def test_a_model_that_is_no_better_than_the_mean_is_not_promoted(
    champion_version: str | None,
) -> None:
    """It is what a model answers that learned nothing: here even the best constant, with a little noise."""
    nothing_learned = np.mean(ACTUAL) - ACTUAL + 0.01 * NOISE
    found = evidence(nothing_learned, champion=2.0 * nothing_learned)
    decision = decide(replace(found, champion_version=champion_version), RULES)
    assert not decision.promote
    assert "better than the mean" in failed(decision)
    assert "not proven better than always answering the mean: RMSE 1." in decision.reason
    (check,) = [check for check in decision.checks if check.name == "better than the mean"]
    assert figures(check)["mean_rmse"] == pytest.approx(np.std(ACTUAL))
