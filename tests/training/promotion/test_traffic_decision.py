"""After a change of the data, what traffic looks like settles whether a challenger is worse overall."""

from dataclasses import replace

import numpy as np
import pytest

from storage.domain.inputs import FEATURE_NAMES
from storage.schema.arrays import FloatArray
from storage.schema.gate import GateDecision
from storage.schema.gate_check import GateCheck
from tests.training.promotion.test_decision import (
    INPUTS,
    NOISE,
    RULES,
    comparison,
    evidence,
    failed,
)
from training.dataset.missing import Missing
from training.evaluation.traffic_weights import TrafficWeights
from training.promotion.decision import (
    BETTER_ON_RECENT,
    NOT_FAR_WORSE,
    NOT_WORSE_ON_FIXED,
    NOT_WORSE_ON_TRAFFIC,
    decide,
)

NORTH = INPUTS[:, FEATURE_NAMES.index("Latitude")] > 37.0
TO_THE_NORTH = np.where(NORTH, 1.0, 0.01) / np.where(NORTH, 1.0, 0.01).mean()
RECENT = comparison(0.9 * NOISE)


def judged(
    north: float, south: float, traffic: TrafficWeights | Missing | None, fewest: float = 200.0
) -> GateDecision:
    """Judge a challenger whose errors are the champion's times a factor, in the north and in the south."""
    challenger = NOISE * np.where(NORTH, north, south)
    found = replace(evidence(challenger, recent=RECENT, source="drift"), traffic=traffic)
    return decide(found, replace(RULES, traffic_minimum_rows=fewest))


def weights(values: FloatArray = TO_THE_NORTH) -> TrafficWeights:
    return TrafficWeights(values, traffic_rows=900)


def check(decision: GateDecision, name: str) -> GateCheck:
    (found,) = [each for each in decision.checks if each.name == name]
    return found


def test_what_is_lost_where_no_traffic_is_does_not_count_within_the_wide_margin() -> None:
    decision = judged(0.99, 1.04, weights())
    unweighted, weighted = (
        check(decision, NOT_WORSE_ON_FIXED),
        check(decision, NOT_WORSE_ON_TRAFFIC),
    )
    assert (unweighted.passed, weighted.passed) == (False, True)
    assert (decision.promote, decision.branch) == (True, "better on recent")
    assert decision.decided_by == [BETTER_ON_RECENT, NOT_WORSE_ON_TRAFFIC, NOT_FAR_WORSE]
    upper = [each.figures["difference_upper"] for each in (weighted, unweighted)]
    assert upper[0] is not None
    assert upper[1] is not None
    assert upper[0] < 0.0 < upper[1]
    north = float(NORTH.sum())
    assert north < float(weighted.figures["effective_rows"] or 0) < 1.1 * north
    assert "weighted by 900 predictions of recent traffic: RMSE" in decision.reason
    assert "within the wide margin of 5.0% on the test part: RMSE" in decision.reason


def test_what_is_lost_where_traffic_is_counts_though_it_is_little_overall() -> None:
    decision = judged(1.03, 0.99, weights())
    assert check(decision, NOT_WORSE_ON_FIXED).passed
    assert not decision.promote
    assert NOT_WORSE_ON_TRAFFIC in decision.decided_by
    assert "not proven to be within the margin of 2.0% on the test part weighted" in decision.reason


def test_traffic_from_a_few_places_cannot_ruin_the_others() -> None:
    decision = judged(0.99, 1.08, weights())
    assert check(decision, NOT_WORSE_ON_TRAFFIC).passed
    assert not decision.promote
    assert not failed(decision)
    assert NOT_FAR_WORSE in decision.decided_by
    assert "not proven to be within the wide margin of 5.0%" in decision.reason


def test_too_few_effective_rows_leave_it_to_the_test_part_itself() -> None:
    decision = judged(0.99, 1.04, weights(), fewest=5_000.0)
    assert not decision.promote
    assert NOT_WORSE_ON_FIXED in decision.decided_by
    told = check(decision, NOT_WORSE_ON_TRAFFIC)
    assert told.passed
    assert told.sentence.endswith("of at least 5,000, so the test part itself decides")
    assert NOT_FAR_WORSE not in {each.name for each in decision.checks}
    assert judged(1.0, 1.0, weights(), fewest=5_000.0).decided_by == [
        BETTER_ON_RECENT,
        NOT_WORSE_ON_FIXED,
    ]


def test_unknown_traffic_leaves_it_to_the_test_part_and_is_said() -> None:
    decision = judged(1.0, 1.0, Missing("there are 3 predictions"))
    assert decision.promote
    assert check(decision, NOT_WORSE_ON_TRAFFIC).sentence == (
        "unknown whether it is not worse on the test part weighted by traffic: there are 3 predictions"
    )


def test_equal_weights_measure_what_no_weights_do() -> None:
    found = comparison(1.01 * NOISE)
    equal, plain = found.measure(0, weights=np.full(len(NOISE), 3.0)), found.measure(0)
    for name in ("value", "lower", "upper"):
        assert getattr(equal.difference, name) == pytest.approx(getattr(plain.difference, name))
    assert equal.challenger_rmse == pytest.approx(plain.challenger_rmse)


def test_without_a_change_traffic_is_no_way_to_a_promotion() -> None:
    found = replace(evidence(NOISE, recent=RECENT), traffic=weights())
    decision = decide(found, RULES)
    assert not decision.promote
    assert NOT_WORSE_ON_TRAFFIC not in {each.name for each in decision.checks}
