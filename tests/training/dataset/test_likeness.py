"""A reading of a known district is recognized although its numbers moved; few new ones are taken for it."""

import numpy as np
import pytest

from storage.schema.arrays import FloatArray
from tests.training.dataset.reread import ATTACKS, reread
from training.dataset.districts import is_district_of
from training.dataset.likeness import LARGEST_TOLERANCE, Likeness
from training.dataset.splits import split
from training.dataset.table import HousingTable

OCCUPANCY = 5


@pytest.fixture(scope="module")
def parts(embedded: HousingTable) -> tuple[FloatArray, FloatArray]:
    """What a model may learn, and what judges it."""
    splits = split(embedded, seed=0)
    judges = np.concatenate([splits.validation.inputs, splits.test.open().inputs])
    return splits.train.inputs, judges


@pytest.fixture(scope="module")
def likeness(parts: tuple[FloatArray, FloatArray]) -> Likeness:
    return Likeness.of(parts[0])


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_district_is_recognized_however_it_was_read(
    parts: tuple[FloatArray, FloatArray], likeness: Likeness, attack: str
) -> None:
    _, judges = parts
    moved = reread(judges[:2_000], attack)
    assert not is_district_of(moved, judges).all(), "equal inputs would do"
    assert likeness.is_known(moved, judges).mean() > 0.95


def test_few_new_districts_are_taken_for_one_that_judges(
    parts: tuple[FloatArray, FloatArray], likeness: Likeness
) -> None:
    new, judges = parts
    assert likeness.tolerance == LARGEST_TOLERANCE
    assert likeness.is_known(new, judges).mean() < 0.07


def test_one_input_may_be_stuck_but_not_two(
    parts: tuple[FloatArray, FloatArray], likeness: Likeness
) -> None:
    _, judges = parts
    stuck = 1.001 * judges[:2_000]
    stuck[:, 6:] = judges[:2_000, 6:]
    stuck[:, OCCUPANCY] = 30.0
    assert likeness.is_known(stuck, judges).mean() > 0.95
    stuck[:, 0] = 14.0
    assert likeness.is_known(stuck, judges).mean() < 0.15


def test_of_readings_that_are_alike_the_first_counts(
    parts: tuple[FloatArray, FloatArray], likeness: Likeness
) -> None:
    districts = parts[1][:300]
    newest = likeness.is_newest(np.concatenate([districts, reread(districts, "moved")]))
    assert newest[:300].mean() > 0.95
    assert newest[300:].mean() < 0.03


def test_a_table_of_near_doubles_asks_for_more_likeness() -> None:
    """Where most rows have another one nearby, only equal ones are the same."""
    random = np.random.default_rng(0)
    line = random.uniform(size=(4_000, 1))
    table = line + 1e-4 * random.normal(size=(4_000, 8))
    dense = Likeness.of(table)
    assert dense.tolerance == 0.0
    assert not dense.is_known(table[:10] + 1e-9, table).any()
    assert dense.is_known(table[:10], table).all()


def test_nothing_is_alike_where_nothing_is_known(likeness: Likeness) -> None:
    nothing = np.empty((0, 8))
    assert likeness.is_known(nothing, nothing).tolist() == []
    assert likeness.is_newest(nothing).tolist() == []
    assert likeness.is_known(np.ones((2, 8))).tolist() == [False, False]
