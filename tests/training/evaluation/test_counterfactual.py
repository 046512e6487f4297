"""Counterfactuals of functions whose best answer is known, and that no condition is ever violated."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.schema.arrays import FloatArray
from training.evaluation.counterfactual import MOST_FOUND, Goal, Inputs, Search

COLUMNS = 4
ROW = np.array([1.0, 1.0, 0.0, 5.0])
IS_CATEGORY = np.array([False, False, True, False])
IS_WHOLE = np.array([False, False, False, True])
RNG = np.random.default_rng(0)
TRAINING = np.column_stack(
    [
        RNG.uniform(0, 4, 400),
        RNG.uniform(0, 4, 400),
        RNG.integers(0, 3, 400),
        RNG.integers(0, 9, 400),
    ]
).astype(np.float64)


@dataclass(frozen=True)
class Answers:
    predicted: FloatArray
    lower: FloatArray
    upper: FloatArray
    support: FloatArray


def answer(rows: FloatArray) -> Answers:
    """Return 2 a + b + 3 for the second word, with intervals of one on each side."""
    value = 2 * rows[:, 0] + rows[:, 1] + 3 * (rows[:, 2] == 1)
    distance = np.abs(rows[:, None, :2] - TRAINING[None, :, :2]).sum(axis=2).min(axis=1)
    return Answers(value, value - 1, value + 1, np.exp(-distance))


def inputs(free: list[int]) -> Inputs:
    lowest, highest = np.zeros(COLUMNS), np.array([4.0, 4.0, 2.0, 8.0])
    return Inputs(free, np.array([3.0, 3.0, 1.0, 8.0]), lowest, highest, IS_CATEGORY, IS_WHOLE)


def search(goal: Goal, free: list[int]) -> FloatArray:
    return Search(answer, ROW, goal, inputs(free)).run(TRAINING, answer(TRAINING).predicted)


def rising(value: float, support: float = 0.5) -> Goal:
    return Goal(value, float(answer(ROW[None]).upper[0]), rises=True, minimum_support=support)


def test_one_change_is_found_where_one_is_enough_and_it_is_as_small_as_may_be() -> None:
    found = search(rising(6.0), [0, 1, 3])
    assert np.flatnonzero(found[0] != ROW).tolist() == [0]
    assert 6.0 <= answer(found).predicted[0] < 6.1
    assert found[0, 0] < 2.6  # 2 a + 1 = 6 at 2.5


def test_what_changes_can_be_read() -> None:
    found = search(rising(6.0), [0, 1])
    assert found[0, 0] == float(f"{found[0, 0]:.3g}")


def test_a_word_is_changed_as_a_whole_and_a_whole_number_stays_one() -> None:
    found = search(rising(5.5), [2, 3])
    assert found.tolist() == [[1.0, 1.0, 1.0, 5.0]]


def test_different_ways_are_told_not_one_way_in_three_sizes() -> None:
    found = search(rising(6.2), [0, 1, 2])
    ways = [tuple(np.flatnonzero(each != ROW)) for each in found]
    assert 1 < len(ways) == len(set(ways)) <= MOST_FOUND


def test_what_cannot_be_reached_is_nothing() -> None:
    for goal, free in ((rising(50.0), [0, 1, 2]), (rising(6.0), []), (rising(6.0), [3])):
        assert search(goal, free).shape[0] == 0
    assert search(rising(6.0, support=1.1), [0, 1]).shape[0] == 0


def test_a_missing_value_may_stay_and_may_be_given() -> None:
    row = np.array([np.nan, 1.0, 0.0, 5.0])
    bound = Goal(5.5, 0.0, rises=True, minimum_support=0.0)

    def without(rows: FloatArray) -> Answers:
        return answer(np.nan_to_num(rows))

    search = Search(without, row, bound, inputs([0, 1, 2]))
    found = search.run(TRAINING, answer(TRAINING).predicted)
    assert len(found)
    assert any(np.isnan(each[0]) or each[0] > 0 for each in found)
    assert without(found).predicted.min() >= 5.5


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(range(COLUMNS)), unique=True),
    st.floats(-5, 15),
    st.booleans(),
    st.floats(0, 1),
)
def test_no_condition_is_ever_violated(
    free: list[int], value: float, rises: bool, support: float
) -> None:
    present = answer(ROW[None])
    bound = float((present.upper if rises else present.lower)[0])
    goal = Goal(value, bound, rises, support)
    found = search(goal, free)
    assert goal.is_met(answer(found)).all()
    frozen = [column for column in range(COLUMNS) if column not in free]
    assert (found[:, frozen] == ROW[frozen]).all()
    assert (found <= [4.0, 4.0, 2.0, 8.0]).all()
    assert (found[:, 2] == np.round(found[:, 2])).all()
    assert (found[:, 3] == np.round(found[:, 3])).all()
