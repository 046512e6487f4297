"""The watch's verdict: what it calls worse, how often it is wrong, and when it looks."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.schema.arrays import FloatArray
from storage.schema.predictions import LabelledPredictions, Predictions
from training.evaluation.comparison import Comparison
from training.promotion.watch_rules import LOOKS, WatchRules, judge

RULES = WatchRules(minimum_rows=100, false_alarm=0.05, seed=0)
WATCHES = 60
MOST_ROWS = RULES.minimum_rows * 2 ** (LOOKS - 1)


def answers(actual: FloatArray, predicted: FloatArray) -> LabelledPredictions:
    inputs = np.zeros((len(actual), 8))
    return Predictions(predicted, predicted, predicted).labelled(actual, inputs)


def comparison(actual: FloatArray, promoted: FloatArray, previous: FloatArray) -> Comparison:
    return Comparison(answers(actual, promoted), answers(actual, previous))


def rows_of_looks() -> list[int]:
    """The rows at each look of a watch that gets one label after another."""
    looks = [0]
    for rows in range(1, MOST_ROWS + 1):
        if RULES.is_due(rows, looks[-1], len(looks) - 1):
            looks.append(rows)
    return [*looks[1:], MOST_ROWS]


def is_rolled_back(random: np.random.Generator, factor: float) -> bool:
    """Whether a watch whose errors have long tails rolls back; both models err alike, but for the factor."""
    shared, own, other = random.standard_t(4, (3, MOST_ROWS))
    actual = np.zeros(MOST_ROWS)
    promoted, previous = factor * (0.9 * shared + 0.4 * own), 0.9 * shared + 0.4 * other
    return any(
        judge(comparison(actual[:rows], promoted[:rows], previous[:rows]), RULES).is_worse
        for rows in rows_of_looks()
    )


def test_a_watch_looks_a_fixed_number_of_times_ever_further_apart() -> None:
    assert rows_of_looks() == [100, 200, 400, 800, 1600, 3200, 6400, 12800]
    assert not RULES.is_due(10**9, 6400, LOOKS - 1), "the last look is for the end"


def test_an_equal_version_is_rarely_rolled_back_however_often_one_looks() -> None:
    random = np.random.default_rng(1)
    wrong = sum(is_rolled_back(random, 1.0) for _ in range(WATCHES))
    # 5 % of 60 watches are 3; more than 7 would be met in one of a hundred such tests.
    assert wrong <= 7, wrong


def test_a_worse_version_is_nearly_always_rolled_back() -> None:
    random = np.random.default_rng(2)
    found = sum(is_rolled_back(random, 1.05) for _ in range(12))
    assert found >= 11, found


numbers = st.integers(100, 200).flatmap(
    lambda rows: st.tuples(st.just(rows), st.integers(0, 2**32 - 1), st.floats(0.5, 2.0))
)


@given(numbers)
@settings(max_examples=15)
def test_the_worse_of_two_is_never_both(drawn: tuple[int, int, float]) -> None:
    rows, seed, factor = drawn
    random = np.random.default_rng(seed)
    actual, first = random.normal(size=(2, rows))
    second = actual + factor * (random.normal(size=rows))
    one = judge(comparison(actual, first, second), RULES)
    other = judge(comparison(actual, second, first), RULES)
    assert not (one.is_worse and other.is_worse)
    assert one.is_worse <= (one.found.challenger_rmse > one.found.champion_rmse)
    assert not judge(comparison(actual, first, first), RULES).is_worse


@given(numbers, st.floats(0.1, 10.0))
@settings(max_examples=10)
def test_the_unit_of_prices_changes_no_verdict(drawn: tuple[int, int, float], scale: float) -> None:
    rows, seed, factor = drawn
    random = np.random.default_rng(seed)
    actual, noise = random.normal(size=(2, rows))
    values = (actual, actual + factor * noise, actual + noise[::-1])
    before = judge(comparison(*values), RULES)
    after = judge(comparison(*(scale * one for one in values)), RULES)
    assert before.is_worse == after.is_worse


def test_answers_that_are_no_numbers_are_worse_and_no_way_back() -> None:
    random = np.random.default_rng(3)
    actual, good = random.normal(size=(2, 120))
    broken = np.where(np.arange(120) == 7, np.nan, good)
    assert judge(comparison(actual, broken, good), RULES).is_worse
    assert not judge(comparison(actual, good, broken), RULES).is_worse
    assert not judge(comparison(actual, broken, broken), RULES).is_worse
    figures = judge(comparison(actual, broken, good), RULES).figures()
    assert figures["rmse"] is figures["difference"] is None
