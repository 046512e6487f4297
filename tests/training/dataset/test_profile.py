"""What is counted of a table: every row once, in bins that are whole for whole numbers."""

import time

import numpy as np
import pytest

from storage.domain.inputs import FEATURE_NAMES
from storage.schema.table_profile import SplitProfile
from training.dataset.profile import (
    BINS,
    MOST_WORDS,
    part_profiles,
    profile_of_numbers,
    profile_of_words,
    table_profile,
)
from training.dataset.table import HousingTable

TYPICAL = (2.0, 8.0)


def test_every_row_of_the_table_is_in_one_bin(small_table: HousingTable) -> None:
    parts = {"train": small_table.targets[:400], "test": small_table.targets[400:]}
    split = SplitProfile(kind="random", repeated=3, labelled=0, parts=part_profiles(parts))
    found = table_profile(small_table, split)
    assert [column.name for column in found.inputs] == list(FEATURE_NAMES)
    for column, values in zip([*found.inputs, found.target], small_table.values.T, strict=True):
        assert column.histogram is not None
        assert sum(column.histogram.counts) == len(small_table)
        assert len(column.histogram.edges) == len(column.histogram.counts) + 1
        assert (column.lowest, column.highest) == (values.min(), values.max())
        assert column.distinct == len(np.unique(values))
    assert [(part.name, part.rows) for part in found.split.parts] == [
        ("train", 400),
        ("test", len(small_table) - 400),
    ]
    assert found.split.repeated == 3


def test_missing_values_are_counted_and_left_out_of_the_rest() -> None:
    values = np.array([1.0, np.nan, 3.0, 9.0, np.nan])
    found = profile_of_numbers("x", values, TYPICAL)
    assert (found.missing, found.distinct, found.untypical) == (2, 3, 2)
    assert (found.lowest, found.median, found.highest) == (1.0, 3.0, 9.0)


@pytest.mark.parametrize("highest", [1, 7, 29, 30, 61, 1000])
def test_each_bin_of_whole_numbers_holds_as_many_of_them(highest: int) -> None:
    values = np.arange(highest + 1, dtype=np.float64)
    found = profile_of_numbers("x", values, TYPICAL).histogram
    assert found is not None
    assert len(found.counts) <= BINS
    assert sum(found.counts) == len(values)
    assert len(set(found.counts[1:-1])) <= 1, "the outermost hold what is beyond, too"


def test_a_far_value_does_not_hide_the_others() -> None:
    values = np.append(np.random.default_rng(0).normal(0, 1, 5_000), 1e9)
    found = profile_of_numbers("x", values, TYPICAL)
    assert found.highest == 1e9
    assert found.histogram is not None
    assert found.histogram.edges[-1] < 10


def test_a_constant_column_has_one_bin() -> None:
    found = profile_of_numbers("x", np.full(60, 5.0), TYPICAL)
    assert found.histogram is not None
    assert found.histogram.counts == [60]


def test_words_are_counted_the_most_frequent_first_and_the_rest_together() -> None:
    words = [f"word {number}" for number in range(40)]
    values = np.repeat(np.arange(40.0), np.arange(1, 41))
    found = profile_of_words("x", words, np.append(values, np.nan))
    assert found.words is not None
    assert found.missing == 1
    assert found.words.words[0] == "word 39"
    assert found.words.counts[0] == 40
    assert (len(found.words.words), found.words.other_words) == (MOST_WORDS, 10)
    assert sum(found.words.counts) + found.words.other_rows == len(values)


def test_a_column_of_two_million_rows_takes_no_longer_than_a_second() -> None:
    values = np.random.default_rng(1).normal(0, 1, 2_000_000)
    began = time.process_time()
    found = profile_of_numbers("x", values, TYPICAL)
    assert time.process_time() - began < 1.0
    assert found.distinct > 1_999_000
