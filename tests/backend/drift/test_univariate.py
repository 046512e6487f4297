"""Distances of two samples: equal to scipy's, bounded, indifferent to order, finite whatever comes."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from backend.drift.univariate import NORMAL_SPREAD, ReferenceColumn

# Few distinct values, so that ties are common, and absurd ones.
VALUES = st.one_of(st.sampled_from([0.0, 1.0, 2.0, -5.0, 1e9]), st.floats(-1e6, 1e6))
SAMPLES = arrays(np.float64, st.integers(1, 60), elements=VALUES)
LONGER_SAMPLES = arrays(np.float64, st.integers(2, 60), elements=VALUES)  # scipy's own need two
LONGEST_SAMPLES = arrays(np.float64, st.integers(150, 200), elements=VALUES)


@given(LONGER_SAMPLES, LONGER_SAMPLES)
def test_the_statistic_is_scipys(reference: np.ndarray, current: np.ndarray) -> None:
    expected = stats.ks_2samp(reference, current, method="asymp")
    found = ReferenceColumn(reference).distances(current)
    assert found.ks_statistic == pytest.approx(expected.statistic, abs=1e-12)


@given(LONGEST_SAMPLES, LONGEST_SAMPLES)
def test_the_p_value_is_nearly_scipys(reference: np.ndarray, current: np.ndarray) -> None:
    expected = stats.ks_2samp(reference, current, method="asymp").pvalue
    found = ReferenceColumn(reference).distances(current).p_value
    assert found == pytest.approx(expected, rel=0.05, abs=1e-4)


@pytest.mark.parametrize("shift", [0.03, 0.1])
def test_the_critical_value_is_where_the_p_value_is_the_level(shift: float) -> None:
    column = ReferenceColumn(np.linspace(0, 1, 5_000))
    found = column.distances(np.linspace(0, 1, 400) + shift)
    assert column.critical_ks_statistic(400, found.p_value) == pytest.approx(found.ks_statistic)


@example(np.array([0.0] * 3 + [2.3e-308] * 39), np.array([1e6]))
@given(SAMPLES, SAMPLES)
def test_every_distance_is_finite_and_in_its_range(
    reference: np.ndarray, current: np.ndarray
) -> None:
    found = ReferenceColumn(reference).distances(current)
    assert np.isfinite(astuple(found)).all()
    assert 0 <= found.ks_statistic <= 1
    assert 0 <= found.p_value <= 1
    assert 0 <= found.jensen_shannon <= 1
    assert found.psi >= 0
    assert found.wasserstein >= 0


def test_wasserstein_is_scipys_over_the_spread() -> None:
    random = np.random.default_rng(0)
    reference, current = random.normal(size=3_000), random.normal(0.4, 2, size=500)
    low, high = np.percentile(reference, [5, 95])
    expected = stats.wasserstein_distance(reference, current) / ((high - low) / NORMAL_SPREAD)
    assert ReferenceColumn(reference).distances(current).wasserstein == pytest.approx(expected)


def test_a_sample_is_at_no_distance_from_itself() -> None:
    values = np.random.default_rng(0).normal(size=1_000)
    found = ReferenceColumn(values).distances(values[::-1])
    assert found.ks_statistic == 0
    assert found.p_value == 1
    assert found.psi == pytest.approx(0)
    assert found.wasserstein == pytest.approx(0)
    assert found.jensen_shannon == pytest.approx(0, abs=1e-6)


def test_the_population_stability_index_is_its_formula() -> None:
    reference, current = np.arange(1_000.0), np.arange(1_000.0) / 2
    shares = np.array(
        [0.2] * 5
    )  # of the lower half's deciles; the others are empty: half a row each
    kept = np.concatenate([shares * 1_000, np.full(5, 0.5)])
    kept /= kept.sum()
    expected = np.sum((kept - 0.1) * np.log(kept / 0.1))
    assert ReferenceColumn(reference).distances(current).psi == pytest.approx(expected, rel=0.02)


def test_a_constant_reference_is_compared_too() -> None:
    column = ReferenceColumn(np.full(500, 3.0))
    assert column.distances(np.full(100, 3.0)).ks_statistic == 0
    assert column.distances(np.full(100, 4.0)).ks_statistic == 1


def test_missing_and_absurd_values_are_counted_and_tested() -> None:
    random = np.random.default_rng(0)
    column = ReferenceColumn(random.normal(size=5_000))
    current = random.normal(size=500)
    quiet = column.quality(current)
    assert (quiet.missing_share, quiet.missing_rise) == (0, 0)
    assert quiet.p_value > 0.01
    current[:20], current[20:30] = np.nan, 1e6
    found = column.quality(current)
    assert found.missing_share == pytest.approx(0.04)
    assert found.out_of_range_share == pytest.approx(0.02, abs=0.003)
    assert found.p_value < 1e-6


def test_values_missing_as_often_as_before_are_nothing_new() -> None:
    random = np.random.default_rng(0)
    reference, current = random.normal(size=5_000), random.normal(size=500)
    reference[::10], current[::10] = np.nan, np.nan
    assert ReferenceColumn(reference).quality(current).p_value > 0.3


def test_exceedances_of_the_range_have_the_chance_that_is_claimed() -> None:
    # Without any drift: 4,000 times 200 reference and 100 current values of one distribution.
    random = np.random.default_rng(0)
    p_values = [
        ReferenceColumn(random.normal(size=200)).quality(random.normal(size=100)).p_value
        for _ in range(4_000)
    ]
    assert 0.002 < np.mean(np.array(p_values) < 0.01) < 0.012


def test_a_reference_without_values_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        ReferenceColumn(np.full(3, np.nan))
