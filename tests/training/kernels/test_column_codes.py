"""Codes of categories and missing values: what a tree needs to tell them apart, and no more."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from storage.schema.arrays import FloatArray
from training.kernels.column_codes import MOST_FLAGS, encoded, frequent_flags, mean_codes

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
    assert 40.0 < known.codes[0, 1] < 60.0
    assert known.codes[0, 2] == targets.mean()  # of which there is no row


@given(seed=st.integers(0, 2**32 - 1))
def test_each_frequent_category_and_each_gap_has_a_flag(seed: int) -> None:
    inputs, targets = rows(seed)
    flags = frequent_flags(inputs, SIZES)
    found = encoded(inputs, mean_codes(inputs, targets, SIZES)._replace(flags=flags))
    assert found.shape == (len(inputs), 2 + len(flags.columns))
    for place, (column, category) in enumerate(zip(*flags, strict=True), start=2):
        values = inputs[:, column]
        is_so = np.isnan(values) if category == SIZES[column] else values == category
        assert is_so.sum() >= 5
        np.testing.assert_array_equal(found[:, place], is_so)


def test_codes_of_two_categories_need_no_flags() -> None:
    inputs = np.array([[0.0, 1.0], [1.0, 2.0]] * 50)
    assert len(frequent_flags(inputs, SIZES).columns) == 0


def test_of_very_many_categories_the_most_frequent_have_flags() -> None:
    random = np.random.default_rng(0)
    sizes = np.full(5, 100, dtype=np.int64)
    inputs = np.minimum(random.geometric(0.05, size=(3_000, 5)) - 1, 99).astype(np.float64)
    flags = frequent_flags(inputs, sizes)
    assert len(flags.columns) == MOST_FLAGS
    assert flags.categories.max() < 20
