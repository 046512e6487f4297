"""The fixed split."""

import itertools

import numpy as np
import pytest

from storage.errors import InvalidDataset
from training.dataset.districts import is_district_of
from training.dataset.splits import split, split_rows
from training.dataset.table import HousingTable


def test_it_is_64_16_20(embedded: HousingTable) -> None:
    assert split(embedded, seed=0).row_counts == {
        "train": 13_212,  # two rows of validation are at the place of one in train, and much like it
        "validation": 3_300,
        "test": 4_128,
    }


@pytest.mark.parametrize("row_count", [50, 51, 999, 20_640])
def test_parts_are_disjoint_and_complete(row_count: int) -> None:
    parts = split_rows(row_count, seed=5)
    assert sorted(np.concatenate(parts)) == list(range(row_count))


def test_a_seed_fixes_it_for_good() -> None:
    test, validation, train = split_rows(20_640, seed=0)
    assert [part[:3].tolist() for part in (test, validation, train)] == FIRST_ROWS_OF_SEED_0
    assert not np.array_equal(split_rows(20_640, seed=1)[0], test)


FIRST_ROWS_OF_SEED_0 = [[14740, 10101, 20566], [12069, 15925, 11162], [13803, 3354, 1304]]


def test_parts_hold_their_rows(small_table: HousingTable) -> None:
    splits = split(small_table, seed=0)
    test, validation, train = split_rows(len(small_table), seed=0)
    assert np.array_equal(splits.train.inputs, small_table.inputs[train])
    assert np.array_equal(splits.validation.targets, small_table.targets[validation])
    assert np.array_equal(splits.test.open().inputs, small_table.inputs[test])


def test_rows_of_one_district_stay_in_one_part(small_table: HousingTable) -> None:
    """200 rows, each three times: once as it is, once rounded, once with another income."""
    rows = small_table.values[:200]
    rounded, corrected = rows.astype(np.float32).astype(np.float64), rows.copy()
    corrected[:, 0] *= 1.1
    mixed = np.random.default_rng(1).permutation(np.concatenate([rows, rounded, corrected]))
    splits = split(HousingTable(mixed, "repeats"), seed=0)
    parts = (splits.train.inputs, splits.validation.inputs, splits.test.open().inputs)
    for one, other in itertools.permutations(parts, 2):
        assert not is_district_of(one, other).any()
    assert splits.repeated == 400
    assert sum(map(len, parts)) == 600
    assert min(map(len, parts)) > 50


def test_a_table_of_one_district_is_refused(small_table: HousingTable) -> None:
    one = HousingTable(np.repeat(small_table.values[:1], 500, axis=0), "same.csv")
    with pytest.raises(
        InvalidDataset, match=r"same\.csv has 500 rows of only 1 different block group: too"
    ):
        split(one, seed=0)


def test_the_test_part_opens_once(small_table: HousingTable) -> None:
    sealed = split(small_table, seed=0).test
    assert len(sealed.open()) == len(sealed)
    with pytest.raises(RuntimeError, match="used only once"):
        sealed.open()
