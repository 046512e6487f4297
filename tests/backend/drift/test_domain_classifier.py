"""The domain classifier: its null distribution is the claimed one, and it sees broken couplings."""

import numpy as np
import pytest
from scipy import stats

from backend.drift.domain_classifier import DomainClassifier
from backend.drift.univariate import holm


@pytest.mark.parametrize("place", [None, (6, 7)])
def test_p_values_are_even_where_nothing_differs(
    shuffled_table: np.ndarray, place: tuple[int, int] | None
) -> None:
    # Real rows, each window compared with rows that are not in it: without the factor of two in the
    # variance, 12 % of the p values would be below 0.05, and the test of evenness would fail.
    random = np.random.default_rng(0)
    p_values = []
    for _ in range(150):
        rows = random.permutation(len(shuffled_table))[:3_000]
        inputs = shuffled_table[rows, :-1]
        classifier = DomainClassifier(inputs[:2_500], 0, place)
        p_values.append(classifier.difference(inputs[2_500:]).p_value)
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
    assert np.mean(np.array(p_values) < 0.05) < 0.11


def test_decoupling_is_seen_and_named_although_every_column_keeps_its_values(
    shuffled_table: np.ndarray,
) -> None:
    inputs = shuffled_table[:, :-1]
    window = inputs[16_512:18_512].copy()
    window[:, 0] = np.random.default_rng(0).permutation(window[:, 0])
    difference = DomainClassifier(inputs[:16_512], 0).difference(window)
    assert difference.auc > 0.6
    assert difference.p_value < 1e-20
    assert 0 in difference.leading_columns
    assert len(difference.leading_columns) == 2


def test_income_decoupled_from_its_place_is_seen(shuffled_table: np.ndarray) -> None:
    # The place is shuffled as a whole: what goes with what at each place is all that changes.
    inputs = shuffled_table[:, :-1]
    window = inputs[16_512:18_512].copy()
    window[:, 6:8] = np.random.default_rng(0).permutation(window[:, 6:8])
    difference = DomainClassifier(inputs[:16_512], 0, (6, 7)).difference(window)
    assert difference.p_value < 1e-12
    assert {6, 7} & set(difference.leading_columns)


def test_no_unit_matters() -> None:
    random = np.random.default_rng(0)
    reference, current = random.lognormal(size=(2_000, 3)), random.lognormal(0.1, size=(400, 3))
    plain = DomainClassifier(reference, 0).difference(current)
    other = DomainClassifier(np.log(reference) * 7, 0).difference(np.log(current) * 7)
    assert plain.auc == pytest.approx(other.auc, abs=1e-12)


def test_rows_with_missing_values_are_left_out_and_constant_columns_do_no_harm() -> None:
    random = np.random.default_rng(0)
    reference, current = random.normal(size=(1_000, 3)), random.normal(size=(200, 3))
    reference[:, 2], current[:, 2] = 4.0, 4.0
    current[:50, 0] = np.nan
    difference = DomainClassifier(reference, 0).difference(current)
    assert difference.rows == 150
    assert 0.4 < difference.auc < 0.6


def test_too_few_complete_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="complete rows"):
        DomainClassifier(np.random.default_rng(0).normal(size=(100, 2)), 0).difference(
            np.full((50, 2), np.nan)
        )


def test_holm_is_more_exact_than_bonferroni_and_as_careful() -> None:
    random = np.random.default_rng(0)
    p_values = random.uniform(size=(5_000, 9))
    adjusted = np.array([holm(row) for row in p_values])
    assert (adjusted >= p_values).all()
    assert (adjusted <= np.minimum(9 * p_values, 1) + 1e-12).all()
    assert np.mean((adjusted < 0.1).any(axis=1)) < 0.11
