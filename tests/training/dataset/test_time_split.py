"""Rows in the order of their times: train before validation before test."""

import numpy as np
import pytest

from storage.errors import InvalidDataset
from storage.models.store import ModelStore
from storage.settings import Settings
from tests.storage.models.test_champion import publish
from training.dataset.districts import is_district_of, subjects_of
from training.dataset.kept import keep_table, table_of
from training.dataset.row_times import RowTimes, read_row_times
from training.dataset.splits import split
from training.dataset.table import HousingTable
from training.dataset.time_split import borders_of, deal_by_time

DAY = 86_400.0


def daily(rows: int, days: int, seed: int = 0) -> RowTimes:
    """Rows in no order, many on each day."""
    moments = np.random.default_rng(seed).integers(0, days, rows).astype(np.float64) * DAY
    return RowTimes(moments, are_dates=True)


def timed(table: HousingTable, times: RowTimes) -> HousingTable:
    return HousingTable(table.values, "sales.csv", times=times)


def test_each_part_is_later_than_the_one_before(small_table: HousingTable) -> None:
    times = daily(len(small_table), 100)
    dealt = deal_by_time(times, subjects_of(small_table.inputs), "sales.csv")
    parts = [times.moments[rows] for rows in (dealt.train, dealt.validation, dealt.test)]
    assert parts[0].max() < parts[1].min()
    assert parts[1].max() < parts[2].min()
    shares = np.array([len(part) for part in parts]) / len(small_table)
    assert shares == pytest.approx([0.64, 0.16, 0.20], abs=0.02)


def test_borders_are_said_as_dates_and_the_parts_hold_their_rows(small_table: HousingTable) -> None:
    times = RowTimes(DAY * np.arange(float(len(small_table))), are_dates=True)
    splits = split(timed(small_table, times), seed=0)
    assert splits.learned.kind == "time"
    first_of_test = len(small_table) - len(splits.test)
    assert splits.learned.test_from == times.written(first_of_test * DAY)
    assert np.array_equal(splits.test.open().inputs, small_table.inputs[first_of_test:])
    assert np.array_equal(splits.train.targets, small_table.targets[: len(splits.train)])


def test_rows_of_one_time_are_never_parted() -> None:
    times = np.repeat(np.arange(10.0), 37)
    assert borders_of(times) == (6.0, 8.0)


@pytest.mark.parametrize(
    "moments",
    [
        np.zeros(400),
        np.repeat([1999.0, 2008.0], 200),
        np.repeat([1.0, 2.0, 3.0], [380, 10, 10]),
    ],
)
def test_too_few_times_are_refused_with_the_remedy(
    moments: np.ndarray, small_table: HousingTable
) -> None:
    table = HousingTable(
        small_table.values[: len(moments)], "sales.csv", times=RowTimes(moments, are_dates=False)
    )
    with pytest.raises(
        InvalidDataset, match=r'sales\.csv cannot be split by time: .*split = "random"'
    ):
        split(table, seed=0)


def test_an_earlier_reading_of_a_subject_that_comes_again_is_left_out_and_counted(
    small_table: HousingTable,
) -> None:
    """Each subject twice, once early and once late, some of them on both sides of a border."""
    rows = small_table.values[:300]
    again = rows.copy()
    again[:, 0] *= 1.1
    values = np.concatenate([rows, again])
    moments = np.concatenate([np.arange(300.0), np.arange(300.0) + 100])
    splits = split(HousingTable(values, "sales.csv", times=RowTimes(moments, False)), seed=0)
    test = splits.test.open()
    assert not is_district_of(test.inputs, splits.train.inputs, splits.validation.inputs).any()
    assert not is_district_of(splits.validation.inputs, splits.train.inputs).any()
    assert splits.learned.left_out == len(values) - len(splits.train) - len(
        splits.validation
    ) - len(test)
    assert splits.learned.left_out > 0


def test_a_cell_that_is_no_time_is_a_problem_of_its_row() -> None:
    cells = ["03.01.2024", "", "04.01.2024", "tomorrow", "05.01.2024"]
    _, problems = read_row_times(cells, np.arange(2, 7), "sold")
    assert [(each.row, each.column, each.value) for each in problems] == [
        (3, "sold", ""),
        (5, "sold", "tomorrow"),
    ]


@pytest.mark.parametrize("are_dates", [True, False])
def test_a_kept_table_has_its_times(
    are_dates: bool, settings: Settings, small_table: HousingTable
) -> None:
    """A retraining learns from the copy, so it must be dealt to the same parts."""
    times = RowTimes(daily(len(small_table), 90).moments + 0.25, are_dates)
    table = timed(small_table, times)
    keep_table(settings.paths, table)
    store = ModelStore(settings.paths)
    publish(store, "timed", dataset_sha256=table.sha256, table=table.learned)
    found = table_of(settings.paths, store.manifest("timed"))
    assert found.times is not None
    assert found.times.are_dates == are_dates
    assert found.sha256 == table.sha256 != small_table.sha256
    one, other = split(table, seed=0), split(found, seed=0)
    assert one.learned == other.learned
    assert np.array_equal(one.train.inputs, other.train.inputs)
