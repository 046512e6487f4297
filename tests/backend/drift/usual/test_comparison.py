"""The service's own earlier periods: what varied before is no change, what never did is one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contract.drift.analysis import UsualTraffic
from backend.drift.categories import ReferenceCategories
from backend.drift.detector import DriftDetector
from backend.drift.row_figures import Watched
from backend.drift.thresholds import DriftThresholds
from backend.drift.usual.comparison import FEWEST_PERIODS, EarlierPeriod, compare_with_usual
from backend.drift.usual.sums import TrafficSums

RULE = DriftThresholds()
FIGURES = (Watched("MedInc", "level"), Watched("HouseAge", "level"), Watched("MedInc", "missing"))
ROWS = 500


def period(random: np.random.Generator, mean: float = 0.0, missing: float = 0.0) -> TrafficSums:
    """So many rows, their figures around a mean of the period's own."""
    figures = random.normal(mean, 1.0, size=(ROWS, len(FIGURES)))
    figures[:, 2] = random.random(ROWS) < missing
    return TrafficSums.of(figures)


def days(random: np.random.Generator, number: int, means: object = 0.0) -> list[EarlierPeriod]:
    """So many days before today, with a mean each."""
    each = np.broadcast_to(np.asarray(means, dtype=float), number)
    return [EarlierPeriod((day + 1) % 7, period(random, each[day])) for day in range(number)]


def judged(current: TrafficSums, earlier: list[EarlierPeriod]) -> UsualTraffic:
    return compare_with_usual(current, earlier, FIGURES, RULE)


@given(seed=st.integers(0, 10_000), number=st.integers(0, FEWEST_PERIODS - 1))
@settings(max_examples=20, deadline=None)
def test_too_few_periods_are_no_verdict(seed: int, number: int) -> None:
    random = np.random.default_rng(seed)
    found = judged(period(random, 5.0), days(random, number))
    assert (found.status, found.drifted, found.periods) == ("learning", None, number)
    assert f"{number} of {FEWEST_PERIODS} earlier periods" in found.reasons[0]


@given(seed=st.integers(0, 10_000), swing=st.floats(0.3, 2.0))
@settings(max_examples=40, deadline=None)
def test_what_the_periods_did_before_is_usual(seed: int, swing: float) -> None:
    """A period that equals one of the earlier ones is never a change, however far from the reference."""
    random = np.random.default_rng(seed)
    earlier = days(random, 28, 3 + random.uniform(-swing, swing, 28))
    found = judged(
        earlier[int(random.integers(28))].sums, [replace(each, weekday=0) for each in earlier]
    )
    assert found.drifted is False


@given(seed=st.integers(0, 10_000), shift=st.floats(0.5, 3.0))
@settings(max_examples=40, deadline=None)
def test_a_step_out_of_a_steady_service_is_a_change(seed: int, shift: float) -> None:
    random = np.random.default_rng(seed)
    found = judged(period(random, shift), days(random, 28))
    assert found.drifted
    assert {each.name for each in found.changed} == {"MedInc", "HouseAge"}
    assert found.changed[0].shift == pytest.approx(shift, abs=0.25)
    assert found.smallest_adjusted_p_value == found.changed[0].adjusted_p_value


@given(seed=st.integers(0, 10_000), order=st.permutations(range(20)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_earlier_periods_does_not_matter(seed: int, order: list[int]) -> None:
    random = np.random.default_rng(seed)
    earlier = [replace(each, weekday=0) for each in days(random, 20, random.normal(size=20))]
    current = period(random, 4.0)
    one, other = judged(current, earlier), judged(current, [earlier[place] for place in order])
    assert one.drifted == other.drifted
    assert one.smallest_adjusted_p_value == pytest.approx(other.smallest_adjusted_p_value)


def test_false_alarms_of_steady_and_of_swinging_periods_are_rare() -> None:
    random = np.random.default_rng(0)
    for swing in (0.0, 0.5):
        drifted = [
            judged(
                period(random, random.normal(0, swing) if swing else 0.0),
                days(random, 28, random.normal(0, swing, 28) if swing else 0.0),
            ).drifted
            for _ in range(200)
        ]
        assert sum(map(bool, drifted)) <= 4


def test_after_four_weeks_a_weekday_is_compared_with_itself() -> None:
    random = np.random.default_rng(1)
    swing = 0.5 * np.sin(2 * np.pi * np.arange(1, 29) / 7)
    known, unknown = days(random, 28, swing), days(random, 21, swing[:21])
    raised = period(random, 0.4)  # usual of some day of the week, not of this one
    assert (judged(raised, known).by_weekday, judged(raised, known).drifted) == (True, True)
    assert (judged(raised, unknown).by_weekday, judged(raised, unknown).drifted) == (False, False)
    assert judged(period(random), known).drifted is False


def test_values_that_were_never_missing_are_a_change_from_one_in_a_hundred_on() -> None:
    random = np.random.default_rng(2)
    earlier = days(random, 20)
    found = judged(period(random, missing=0.05), earlier)
    assert [(each.name, each.aspect) for each in found.changed] == [("MedInc", "missing")]
    assert "of the values are missing, usually 0.0%" in found.reasons[0]
    assert judged(period(random, missing=0.004), earlier).drifted is False
    often = [EarlierPeriod(0, period(random, missing=0.05)) for _ in range(20)]
    assert judged(period(random, missing=0.05), often).drifted is False


def test_a_trifle_never_counts() -> None:
    random = np.random.default_rng(3)

    def huge(mean: float) -> TrafficSums:
        return TrafficSums(
            10**6,
            np.full(3, 1e6),
            np.array([mean, 0, 0]) * 1e6,
            np.array([1 + mean**2, 1, 0]) * 1e6,
        )

    earlier = [EarlierPeriod(0, huge(random.normal(0, 1e-3))) for _ in range(20)]
    assert judged(huge(0.05), earlier).drifted is False
    assert judged(huge(0.1), earlier).drifted is True


def test_a_figure_that_too_few_periods_have_is_left_out() -> None:
    """The predictions of a version that has just been promoted."""
    random = np.random.default_rng(4)
    earlier = []
    for day in range(20):
        figures = random.normal(size=(ROWS, 3))
        figures[:, 2] = 0
        figures[:, 1] = 9.0 if day == 0 else np.nan
        earlier.append(EarlierPeriod(0, TrafficSums.of(figures)))
    assert judged(period(random), earlier).drifted is False
    nothing = TrafficSums.of(np.full((ROWS, 3), np.nan))
    assert judged(nothing, earlier).drifted is False


def test_periods_of_few_rows_are_left_out() -> None:
    random = np.random.default_rng(5)
    few = TrafficSums.of(np.full((20, 3), 9.0))
    earlier = [*days(random, 20), *(EarlierPeriod(0, few) for _ in range(20))]
    assert judged(period(random), earlier).periods == 20
    assert judged(few, earlier).status == "not_enough_data"


def test_categories_and_missing_values_are_watched_without_a_place() -> None:
    random = np.random.default_rng(6)

    def rows(number: int, share: float = 0.2, gaps: float = 0.1) -> np.ndarray:
        numbers = random.normal(size=number)
        words = np.where(random.random(number) < share, 1.0, np.where(numbers > 0, 0.0, 2.0))
        numbers[random.random(number) < gaps] = np.nan
        return np.column_stack([numbers, words])

    detector = DriftDetector(
        rows(4_000), ("MedInc", "HouseAge"), np.full(2, 0.5), categories={1: 4}
    )
    assert isinstance(detector.columns[1], ReferenceCategories)

    def day(**changes: float) -> TrafficSums:
        window = rows(ROWS, **changes)
        return detector.sums(window, np.full(len(window), np.nan))

    watched = detector.figures.watched
    earlier = [EarlierPeriod((number + 1) % 7, day()) for number in range(20)]
    assert compare_with_usual(day(), earlier, watched, RULE).drifted is False
    moved = compare_with_usual(day(share=0.4), earlier, watched, RULE)
    assert ("HouseAge", "categories") in {(each.name, each.aspect) for each in moved.changed}
    gaps = compare_with_usual(day(gaps=0.3), earlier, watched, RULE)
    assert ("MedInc", "missing") in {(each.name, each.aspect) for each in gaps.changed}


def test_a_raised_input_is_seen_beside_the_others(
    detector: DriftDetector, shuffled_table: np.ndarray
) -> None:
    random = np.random.default_rng(7)
    rest = shuffled_table[16_512:]

    def day(factor: float = 1.0) -> TrafficSums:
        rows = rest[random.choice(len(rest), ROWS, replace=False)].copy()
        rows[:, 0] *= factor
        return detector.sums(rows[:, :-1], rows[:, -1])

    earlier = [EarlierPeriod((number + 1) % 7, day()) for number in range(28)]
    watched = detector.figures.watched
    assert compare_with_usual(day(), earlier, watched, RULE).drifted is False
    found = compare_with_usual(day(1.1), earlier, watched, RULE)
    assert (found.changed[0].name, found.changed[0].aspect) == ("MedInc", "relation")
    assert found.reasons[0].startswith("Median income: given the other inputs, it moved by +")
