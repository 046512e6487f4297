"""The fixed split."""

import numpy as np
import pytest

from training.dataset.splits import split, split_rows
from training.dataset.table import HousingTable


def test_it_is_64_16_20(embedded: HousingTable) -> None:
    assert split(embedded, seed=0).row_counts == {
        "train": 13_210,
        "validation": 3_302,
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


def test_the_test_part_opens_once(small_table: HousingTable) -> None:
    sealed = split(small_table, seed=0).test
    assert len(sealed.open()) == len(sealed)
    with pytest.raises(RuntimeError, match="used only once"):
        sealed.open()
