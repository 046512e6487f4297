"""The promotion gate's rules: for each there is a case that only it decides."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.schema.arrays import FloatArray
from storage.schema.gate import GateDecision
from storage.schema.gate_check import GateCheck
from storage.schema.predictions import LabelledPredictions, Predictions
from storage.schema.triggers import TriggerSource
from storage.settings import Settings
from training.dataset.embedded import load_embedded
from training.dataset.missing import Missing
from training.evaluation.behaviour import Observation
from training.evaluation.bootstrap import paired_rmse_difference
from training.evaluation.comparison import Comparison
from training.promotion.checks import Rules
from training.promotion.decision import BETTER_ON_RECENT, Evidence, decide

RULES = Rules.of(Settings())
NO_RECENT = Missing("3 labelled predictions")
ROWS = 1_500
TABLE = load_embedded()
INPUTS, ACTUAL = TABLE.inputs[:: len(TABLE) // ROWS], TABLE.targets[:: len(TABLE) // ROWS]
NOISE = np.random.default_rng(0).normal(0.0, 0.4, len(ACTUAL))
KEPT = Observation("finite", 10, 0, "10 of 10 answers are finite numbers")
BROKEN = Observation("finite", 10, 1, "9 of 10 answers are finite numbers")


def answers(errors: FloatArray, half_width: float = 0.7) -> LabelledPredictions:
    """Answers that are off by ``errors``; at this half width the intervals hold about 92 %."""
    predicted = ACTUAL + errors
    found = Predictions(predicted, predicted - half_width, predicted + half_width)
    return found.labelled(ACTUAL, INPUTS)


def comparison(challenger: FloatArray, champion: FloatArray = NOISE) -> Comparison:
    return Comparison(answers(challenger), answers(champion))


def evidence(
    challenger: FloatArray,
    champion: FloatArray = NOISE,
    recent: Comparison | Missing = NO_RECENT,
    source: TriggerSource = "manual",
) -> Evidence:
    fixed = comparison(challenger, champion)
    return Evidence(fixed.challenger, 0.9, "the champion", fixed, recent, source, 100.0, (KEPT,))


BETTER = evidence(0.9 * NOISE)


def failed(decision: GateDecision) -> set[str]:
    return {check.name for check in decision.checks if check.required and not check.passed}


def figures(check: GateCheck) -> dict[str, float]:
    return {name: value for name, value in check.figures.items() if value is not None}


def test_a_better_challenger_is_promoted_with_its_figures() -> None:
    decision = decide(BETTER, RULES)
    assert (decision.promote, decision.branch) == (True, "better")
    (check,) = [check for check in decision.checks if check.name == "better on the test part"]
    found = figures(check)
    assert found["challenger_rmse"] == pytest.approx(0.9 * found["champion_rmse"])
    assert found["difference_upper"] < 0.0
    assert f"RMSE {found['challenger_rmse']:.4f}, champion's" in decision.reason
    assert decision.decided_by == ["better on the test part"]


def test_a_gain_that_may_be_chance_is_not_enough() -> None:
    other = NOISE + np.random.default_rng(1).normal(0.0, 0.2, len(NOISE))
    challenger = other * np.sqrt(np.mean(NOISE**2) / np.mean(other**2)) * 0.999
    found = evidence(challenger)
    assert np.mean(challenger**2) < np.mean(NOISE**2)
    decision = decide(found, RULES)
    assert (decision.promote, decision.branch) == (False, None)
    assert decision.reason.startswith("not proven better on the test part")
    assert "recent" not in decision.reason
    assert not failed(decision)


def test_an_equal_challenger_is_not_promoted() -> None:
    assert not decide(evidence(NOISE), RULES).promote


@pytest.mark.parametrize("source", ["drift", "degradation"])
def test_after_a_change_better_on_recent_rows_and_as_good_on_the_fixed_ones_is_enough(
    source: TriggerSource,
) -> None:
    found = evidence(NOISE, recent=comparison(0.9 * NOISE), source=source)
    decision = decide(found, RULES)
    assert (decision.promote, decision.branch) == (True, "better on recent")
    assert "better on the recent part" in decision.reason
    assert decision.decided_by == ["better on the recent part", "not worse on the test part"]


@pytest.mark.parametrize("source", ["manual", "age", "labels", "schedule"])
def test_without_a_change_recent_rows_alone_do_not_promote(source: TriggerSource) -> None:
    found = evidence(NOISE, recent=comparison(0.9 * NOISE), source=source)
    assert not decide(found, RULES).promote


def test_after_a_change_the_fixed_rows_may_lose_the_margin_and_no_more() -> None:
    recent = comparison(0.9 * NOISE)
    within = evidence(1.01 * NOISE, recent=recent, source="drift")
    beyond = evidence(1.03 * NOISE, recent=recent, source="drift")
    assert decide(within, RULES).promote
    assert not decide(beyond, RULES).promote
    assert decide(beyond, replace(RULES, margin_share=0.05)).promote


def test_after_a_change_no_better_on_recent_rows_is_not_enough() -> None:
    assert not decide(evidence(NOISE, recent=comparison(NOISE), source="drift"), RULES).promote


def test_without_recent_rows_it_says_so_and_that_way_is_closed() -> None:
    decision = decide(evidence(NOISE, source="drift"), RULES)
    assert not decision.promote
    assert (
        "unknown whether it is better on the recent part: 3 labelled predictions" in decision.reason
    )
    assert decide(replace(BETTER, source="drift"), RULES).branch == "better"


def test_better_on_the_fixed_rows_and_worse_on_the_recent_ones_is_refused() -> None:
    found = replace(BETTER, recent=comparison(1.05 * NOISE))
    decision = decide(found, RULES)
    assert failed(decision) == {"no loss on the recent part"}
    assert not decision.promote
    assert decide(replace(BETTER, recent=comparison(1.01 * NOISE)), RULES).promote


def test_intervals_must_keep_their_coverage() -> None:
    narrow = replace(BETTER, challenger=answers(0.9 * NOISE, half_width=0.45))
    decision = decide(narrow, RULES)
    assert failed(decision) == {"coverage on the test part"}
    assert not decision.promote
    assert decide(narrow, replace(RULES, coverage_margin_share=0.2)).promote


def test_intervals_must_keep_the_champions_coverage_on_recent_rows() -> None:
    def recent(challenger: float, champion: float) -> Comparison:
        return Comparison(answers(0.9 * NOISE, challenger), answers(NOISE, champion))

    assert decide(replace(BETTER, recent=recent(0.3, 0.3)), RULES).promote
    lost = decide(replace(BETTER, recent=recent(0.3, 0.7)), RULES)
    assert failed(lost) == {"coverage on the recent part"}


def test_one_prediction_must_be_within_the_budget() -> None:
    slow = replace(BETTER, latency_microseconds=1_001.0)
    decision = decide(slow, RULES)
    assert failed(decision) == {"latency"}
    assert "one prediction takes 1,001 us; the budget is 1,000 us" in decision.reason
    assert decide(slow, replace(RULES, latency_budget_microseconds=1_001.0)).promote


def test_a_broken_promise_of_behaviour_is_refused() -> None:
    decision = decide(replace(BETTER, behaviour=(KEPT, BROKEN)), RULES)
    assert failed(decision) == {"behaviour: finite"}
    assert BROKEN.sentence in decision.reason


def worse_where(rows: FloatArray) -> Evidence:
    """Better by far, but where ``rows`` is true the error is a quarter larger."""
    return evidence(np.where(rows, 1.25, 0.7) * NOISE)


def test_no_kind_of_district_may_lose() -> None:
    decision = decide(worse_where(INPUTS[:, 1] == 52.0), RULES)
    assert failed(decision) == {"no loss on age 52 years or more"}
    assert not decision.promote
    assert decision.branch == "better"
    within = replace(RULES, slice_margin_share=0.3)
    assert decide(worse_where(INPUTS[:, 1] == 52.0), within).promote


def test_a_kind_of_district_with_few_rows_is_not_judged() -> None:
    rows = int(np.sum(INPUTS[:, 1] == 52.0))
    found, few = worse_where(INPUTS[:, 1] == 52.0), replace(RULES, slice_minimum_rows=rows + 1)
    decision = decide(found, few)
    assert decision.promote
    told = {check.name: check.sentence for check in decision.checks}
    assert f"not judged: {rows} rows" in told["no loss on age 52 years or more"]
    assert not decide(found, replace(RULES, slice_minimum_rows=rows)).promote


def test_a_slice_that_is_worse_by_chance_does_not_forbid() -> None:
    """A model as good as the champion, with errors of its own: some slices are always worse."""
    refused, worse = 0, 0
    for seed in range(20):
        own = np.random.default_rng(100 + seed).normal(0.0, 0.4, len(NOISE))
        checks = decide(evidence(own), replace(RULES, slice_margin_share=0.0)).checks
        slices = [check for check in checks if figures(check).get("confidence", 0.0) > 0.96]
        worse += sum(figures(check)["difference"] > 0.0 for check in slices)
        refused += any(not check.passed for check in slices)
    assert worse > 100
    assert refused <= 4


def test_without_a_champion_the_checks_of_the_model_alone_decide() -> None:
    first = replace(BETTER, champion_version=None, fixed=NO_RECENT)
    decision = decide(first, RULES)
    assert (decision.promote, decision.branch) == (True, "no champion")
    assert "there is no champion" in decision.reason
    for spoiled in (
        replace(first, latency_microseconds=1e6),
        replace(first, behaviour=(BROKEN,)),
        replace(first, challenger=answers(NOISE, half_width=0.2)),
    ):
        assert not decide(spoiled, RULES).promote


def test_a_test_part_that_the_champion_learned_proves_nothing() -> None:
    decision = decide(replace(BETTER, fixed=Missing("the champion learned it")), RULES)
    assert not decision.promote
    assert "the champion learned it" in decision.reason


def test_answers_that_are_no_numbers_lose() -> None:
    errors = 0.5 * NOISE
    errors[3] = np.nan
    decision = decide(evidence(errors, recent=comparison(errors), source="drift"), RULES)
    assert not any(check.passed for check in decision.checks if check.name == BETTER_ON_RECENT)
    stored = json.loads(json.dumps(decision.model_dump(mode="json"), allow_nan=False))
    assert stored["promote"] is False


def test_answers_to_different_rows_cannot_be_compared() -> None:
    shifted = replace(answers(NOISE), actual=ACTUAL + 1.0)
    with pytest.raises(ValueError, match="different rows"):
        Comparison(answers(NOISE), shifted)


def test_the_decision_is_plain_and_whole() -> None:
    decision = decide(replace(BETTER, recent=comparison(0.9 * NOISE)), RULES)
    stored = json.loads(json.dumps(decision.model_dump(mode="json"), allow_nan=False))
    assert stored["reason"] == decision.reason
    assert [check["name"] for check in stored["checks"]] == [each.name for each in decision.checks]
    assert all(check["sentence"] for check in stored["checks"])
    assert sum(name.startswith("no loss on region") for name in map(_name, stored["checks"])) == 8


def _name(check: dict[str, str]) -> str:
    return check["name"]


scale = st.floats(0.5, 1.5)
SOURCES: tuple[TriggerSource, ...] = ("manual", "drift", "degradation", "age")


@settings(max_examples=40)
@given(
    on_fixed=scale,
    on_recent=scale,
    half_width=st.floats(0.2, 1.0),
    latency=st.floats(1.0, 2_000.0),
    holds=st.booleans(),
    source=st.sampled_from(SOURCES),
    has_champion=st.booleans(),
)
def test_what_fails_a_required_check_is_never_promoted(
    on_fixed: float,
    on_recent: float,
    half_width: float,
    latency: float,
    holds: bool,
    source: TriggerSource,
    has_champion: bool,
) -> None:
    found = replace(
        evidence(on_fixed * NOISE, recent=comparison(on_recent * NOISE), source=source),
        champion_version="the champion" if has_champion else None,
        challenger=answers(on_fixed * NOISE, half_width),
        latency_microseconds=latency,
        behaviour=(KEPT if holds else BROKEN,),
    )
    decision = decide(found, RULES)
    assert decision.reason
    if failed(decision) or latency > 1_000.0 or not holds:
        assert not decision.promote
    if decision.promote and has_champion:
        assert on_fixed < 1.0 or (on_recent < 1.0 and source in ("drift", "degradation"))


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), source=st.sampled_from(SOURCES), factor=scale)
def test_equal_models_are_never_promoted(seed: int, source: TriggerSource, factor: float) -> None:
    errors = factor * np.random.default_rng(seed).normal(0.0, 0.3, len(ACTUAL))
    found = evidence(errors, errors, recent=comparison(errors, errors), source=source)
    generous = replace(RULES, margin_share=1.0, slice_margin_share=1.0)
    assert not decide(found, generous).promote


def test_the_paired_interval_holds_the_true_difference_as_often_as_it_says() -> None:
    random, held = np.random.default_rng(5), 0
    zero = np.zeros(600)
    for _ in range(200):
        champion = random.normal(0.0, 0.5, 600)
        challenger = 0.8 * champion + random.normal(0.0, 0.2, 600)
        truth = np.sqrt(0.8**2 * 0.5**2 + 0.2**2) - 0.5
        found = paired_rmse_difference(zero, challenger, champion, seed=0)
        held += found.lower <= truth <= found.upper
    assert 180 <= held <= 198


def test_pairing_narrows_the_interval() -> None:
    paired = paired_rmse_difference(ACTUAL, ACTUAL + 0.95 * NOISE, ACTUAL + NOISE, seed=0)
    shuffled = np.random.default_rng(2).permutation(0.95 * NOISE)
    unpaired = paired_rmse_difference(ACTUAL, ACTUAL + shuffled, ACTUAL + NOISE, seed=0)
    assert paired.value == pytest.approx(unpaired.value)
    assert paired.upper - paired.lower < 0.2 * (unpaired.upper - unpaired.lower)
