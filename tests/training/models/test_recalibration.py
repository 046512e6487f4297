"""Intervals calibrated again on labelled rows."""

import numpy as np
import pytest

from storage.domain.target import HIGHEST_ANSWER
from storage.models.pickles import pickled, unpickled
from storage.schema.arrays import FloatArray
from tests.training.conftest import CHAMPION_ROWS, FittedChampion
from training.dataset.table import HousingTable
from training.models.recalibration import half_widths, times_as_wide

LABELS, LATER, DRAWS = 300, 2_000, 20


@pytest.fixture(scope="module")
def unseen(embedded: HousingTable) -> tuple[FloatArray, FloatArray]:
    """Real rows that the champion never saw."""
    rows = np.random.RandomState(2).permutation(len(embedded))[CHAMPION_ROWS:][:6_000]
    return embedded.inputs[rows], embedded.targets[rows]


def coverage(
    champion: FittedChampion, times: float, inputs: FloatArray, actual: FloatArray
) -> float:
    features = champion.pipeline.features(inputs)
    prices = champion.pipeline.prices(features)
    lower, upper = champion.intervals.scaled(times).bounds(features, inputs, prices)
    return float(np.mean((lower <= actual) & (actual <= upper)))


def test_after_prices_rose_by_a_fifth_they_hold_later_prices_again(
    champion: FittedChampion, unseen: tuple[FloatArray, FloatArray]
) -> None:
    inputs, actual = unseen[0], np.minimum(1.2 * unseen[1], HIGHEST_ANSWER)
    after = []
    for seed in range(DRAWS):
        order = np.random.default_rng(seed).permutation(len(actual))
        labels, later = order[:LABELS], order[-LATER:]
        times = times_as_wide(champion.intervals, champion.pipeline, inputs[labels], actual[labels])
        found = champion.intervals.scaled(times)
        assert found.factor_ == pytest.approx(champion.intervals.factor_ * times)
        after.append(coverage(champion, times, inputs[later], actual[later]))
    assert coverage(champion, 1.0, inputs, actual) < 0.75
    assert 0.88 <= np.mean(after) <= 0.92
    # One calibration of n rows varies by sqrt(0.9 * 0.1 / n), which is 0.017 here.
    assert np.std(after) < 0.03


def test_the_intervals_that_serve_and_their_proportions_stay(
    champion: FittedChampion, unseen: tuple[FloatArray, FloatArray]
) -> None:
    before = pickled(champion.intervals)
    inputs, actual = unseen[0][:200], 1.5 * unseen[1][:200]
    times = times_as_wide(champion.intervals, champion.pipeline, inputs, actual)
    found = champion.intervals.scaled(times)
    assert times > 1.0
    assert pickled(champion.intervals) == before
    restored = unpickled(pickled(found))
    proportions = restored.region_factors_ / champion.intervals.region_factors_
    assert proportions == pytest.approx(np.full(len(proportions), times))


def test_a_value_above_the_cap_asks_for_no_more_than_one_at_the_cap(
    champion: FittedChampion, unseen: tuple[FloatArray, FloatArray]
) -> None:
    inputs, actual = unseen[0][:200], np.full(200, HIGHEST_ANSWER)
    at_cap = times_as_wide(champion.intervals, champion.pipeline, inputs, actual)
    above = times_as_wide(champion.intervals, champion.pipeline, inputs, 3 * actual)
    assert above == at_cap


def test_half_widths_are_those_of_the_bounds_where_nothing_cuts_them(
    champion: FittedChampion, unseen: tuple[FloatArray, FloatArray]
) -> None:
    inputs = unseen[0][:500]
    features = champion.pipeline.features(inputs)
    prices = champion.pipeline.prices(features)
    lower, upper = champion.intervals.bounds(features, inputs, prices)
    is_whole = (lower > 0.15) & (upper < HIGHEST_ANSWER)
    assert is_whole.sum() > 300
    found = half_widths(champion.intervals, features, inputs, prices)
    assert found[is_whole] == pytest.approx(((upper - lower) / 2)[is_whole])


def test_no_factor_widens_intervals_without_any_width(
    champion: FittedChampion, unseen: tuple[FloatArray, FloatArray]
) -> None:
    """As of a model that answered nearly all rows exactly, such as claims that are nearly all 0."""
    exact = champion.intervals.scaled(0.0)
    inputs = unseen[0][:200]
    answers = champion.pipeline.predict(inputs)
    assert times_as_wide(exact, champion.pipeline, inputs, answers) == 0.0
    assert times_as_wide(exact, champion.pipeline, inputs, answers / 2) == np.inf
