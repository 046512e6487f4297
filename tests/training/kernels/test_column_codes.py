"""Codes of categories and missing values: what a tree needs to tell them apart, and no more."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from storage.schema.arrays import FloatArray
from training.kernels.column_codes import encoded, mean_codes

SIZES = np.array([3, 0], dtype=np.int64)


def rows(seed: int, number: int = 60) -> tuple[FloatArray, FloatArray]:
    random = np.random.default_rng(seed)
    inputs = np.column_stack([random.integers(0, 3, number), random.normal(size=number)])
    inputs[random.random(inputs.shape) < 0.2] = np.nan
    return inputs.astype(np.float64), random.normal(size=number)


@given(seed=st.integers(0, 2**32 - 1))
def test_numbers_stay_and_everything_else_becomes_a_number(seed: int) -> None:
    inputs, targets = rows(seed)
    found = encoded(inputs, mean_codes(inputs, targets, SIZES))
    assert np.isfinite(found).all()
    known = ~np.isnan(inputs[:, 1])
    np.testing.assert_array_equal(found[known, 1], inputs[known, 1])
    assert (found[~known, 1] < inputs[known, 1].min()).all()


@given(seed=st.integers(0, 2**32 - 1))
def test_categories_lie_in_the_order_of_their_mean_target(seed: int) -> None:
    inputs, _ = rows(seed)
    targets = np.select([inputs[:, 0] == 0, inputs[:, 0] == 1, inputs[:, 0] == 2], [5, -5, 1], 0.0)
    known = mean_codes(inputs, targets, SIZES)
    assert np.argsort(known.codes[0]).tolist() == [1, 2, 0]
    assert known.codes[0, 1] < known.missing[0] < known.codes[0, 0]


def test_a_rare_category_is_drawn_to_the_mean_of_all() -> None:
    inputs = np.array([[0.0, 0.0]] * 99 + [[1.0, 0.0]])
    targets = np.append(np.zeros(99), 100.0)
    known = mean_codes(inputs, targets, SIZES)
    assert 1.0 < known.codes[0, 1] < 15.0
    assert known.codes[0, 2] == targets.mean()  # of which there is no row
