"""The policy: every cause, which is the gravest, what blocks, and that every figure is kept."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.retraining.check import RetrainingDecision
from backend.retraining.policy import (
    Circumstances,
    DriftFinding,
    ErrorFinding,
    IntervalFinding,
    KnownLesson,
    PolicyRules,
    decide,
)

RULES = PolicyRules(
    automatic=True, maximum_model_age_days=90, enough_labelled_rows=500, cooldown_hours=24
)
QUIET = Circumstances(model_age_days=3, newly_labelled_rows=10)
LEARNED_AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
NO_DRIFT = DriftFinding(True, False, 0.0, "none", "Nothing differs beyond chance.")
DRIFT = DriftFinding(True, True, 0.25, "high", "MedInc moved.")
GOOD = ErrorFinding(True, False, 400, 0.4, 0.4, "It is as before.")
WORSE = ErrorFinding(True, True, 400, 0.6, 0.4, "It is half as much again.")
UNKNOWN = ErrorFinding(False, False, 3, None, 0.4, "3 labelled predictions are too few.")


def _decide(
    drift: DriftFinding | None = NO_DRIFT,
    realized: ErrorFinding | None = GOOD,
    estimated: ErrorFinding | None = None,
    circumstances: Circumstances = QUIET,
    rules: PolicyRules = RULES,
) -> RetrainingDecision:
    return decide(drift, realized, estimated, circumstances, rules)


def test_without_a_cause_nothing_is_asked_for_and_the_reasons_say_why() -> None:
    decision = _decide()
    assert not decision.should_retrain
    assert not decision.asks_by_itself
    assert decision.source is None
    assert decision.reasons == [
        "No reason to retrain.",
        "Drift: Nothing differs beyond chance.",
        "Realized error: It is as before.",
        "The model is 3 days old.",
    ]


def test_intervals_that_hold_too_few_values_ask_though_the_error_has_hardly_risen() -> None:
    narrow = IntervalFinding(True, 0.7, "they hold 70.0% of the actual values.")
    decision = _decide(drift=DRIFT, realized=replace(GOOD, intervals=narrow))
    assert decision.source == "degradation"
    assert decision.reasons[0] == "Intervals: they hold 70.0% of the actual values."
    figures = decision.figures
    assert (figures["intervals_too_narrow"], figures["interval_coverage"]) == (True, 0.7)
    holding = replace(GOOD, intervals=replace(narrow, too_narrow=False, coverage=0.89))
    assert not _decide(realized=holding).should_retrain


def test_every_cause_has_its_source() -> None:
    old, labelled = replace(QUIET, model_age_days=90), replace(QUIET, newly_labelled_rows=500)
    assert _decide(realized=WORSE).source == "degradation"
    assert _decide(drift=DRIFT).source == "drift"
    assert _decide(realized=UNKNOWN, estimated=WORSE).source == "degradation"
    assert _decide(realized=None, estimated=WORSE).source == "degradation"
    assert _decide(circumstances=old).source == "age"
    assert _decide(circumstances=labelled).source == "labels"


def test_the_gravest_cause_is_the_source_and_all_are_reasons() -> None:
    everything = Circumstances(model_age_days=400, newly_labelled_rows=900)
    decision = _decide(DRIFT, WORSE, WORSE, everything)
    assert decision.source == "degradation"
    assert [reason.split()[0] for reason in decision.reasons] == [
        "Realized",
        "Drift",
        "The",
        "900",
    ]


def test_labels_know_better_than_the_estimate() -> None:
    assert not _decide(realized=GOOD, estimated=WORSE).should_retrain


def test_drift_without_enough_data_is_no_cause_and_no_all_clear() -> None:
    unknown = DriftFinding(False, False, None, "none", "Not enough data: 3 rows.")
    decision = _decide(drift=unknown)
    assert not decision.should_retrain
    assert "Drift: Not enough data: 3 rows." in decision.reasons
    assert decision.figures["drift_severity"] is None


@pytest.mark.parametrize(
    ("circumstances", "rules", "kind", "word"),
    [
        (QUIET, replace(RULES, automatic=False), "automatic_off", "off"),
        (replace(QUIET, open_retrainings=("one",)), RULES, "open_retraining", "queued or running"),
        (replace(QUIET, hours_since_retraining=23.9), RULES, "cooldown", "23.9 h ago"),
        (
            replace(QUIET, known_lesson=KnownLesson("v1", LEARNED_AT, False, False)),
            RULES,
            "same_data",
            "Same data as the refused retraining of 2026-01-02 03:04 UTC;",
        ),
        (
            replace(QUIET, known_lesson=KnownLesson("v1", LEARNED_AT, True, True)),
            RULES,
            "same_data",
            "Same data as the training of the served version of 2026-01-02 03:04 UTC;",
        ),
    ],
)
def test_what_blocks_a_check_from_asking(
    circumstances: Circumstances, rules: PolicyRules, kind: str, word: str
) -> None:
    decision = _decide(drift=DRIFT, circumstances=circumstances, rules=rules)
    assert decision.should_retrain
    assert not decision.asks_by_itself
    (block,) = decision.blocks
    assert block.kind == kind
    assert word in block.sentence
    assert decision.blocked_by == [block.sentence]


def test_after_the_pause_a_check_asks_again() -> None:
    rested = replace(QUIET, hours_since_retraining=24.0)
    assert _decide(drift=DRIFT, circumstances=rested).asks_by_itself


def test_zero_switches_age_and_labels_off() -> None:
    rules = replace(RULES, maximum_model_age_days=0, enough_labelled_rows=0)
    ancient = Circumstances(model_age_days=9_000, newly_labelled_rows=10**6)
    assert not _decide(circumstances=ancient, rules=rules).should_retrain


def test_the_figures_that_led_to_it_are_kept() -> None:
    figures = _decide(DRIFT, WORSE).figures
    assert figures["drift_share"] == 0.25
    assert (figures["realized_rmse"], figures["realized_baseline_rmse"]) == (0.6, 0.4)
    assert figures["estimated_rmse"] is None


@given(
    age=st.floats(0, 4_000),
    rows=st.integers(0, 10**6),
    hours=st.none() | st.floats(0, 10**5),
    open_retrainings=st.lists(st.text(min_size=1), max_size=2).map(tuple),
    automatic=st.booleans(),
)
def test_a_check_never_asks_without_a_cause_or_against_a_block(
    age: float,
    rows: int,
    hours: float | None,
    open_retrainings: tuple[str, ...],
    automatic: bool,
) -> None:
    circumstances = Circumstances(age, rows, open_retrainings, hours)
    rules = replace(RULES, automatic=automatic)
    for drift, realized in itertools.product((None, NO_DRIFT, DRIFT), (None, UNKNOWN, GOOD, WORSE)):
        decision = _decide(drift, realized, None, circumstances, rules)
        assert decision.reasons
        assert (decision.source is not None) == decision.should_retrain
        free = automatic and not open_retrainings and (hours is None or hours >= 24)
        assert decision.asks_by_itself == (decision.should_retrain and free)
