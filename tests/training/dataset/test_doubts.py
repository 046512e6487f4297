"""What a person is told of a table that teaches less than it seems."""

import numpy as np
import pytest

from storage.schema.arrays import FloatArray
from training.dataset.doubts import doubts_of
from training.dataset.embedded import load_embedded
from training.dataset.table import HousingTable

ROWS = 600


def with_columns(values: FloatArray, **columns: FloatArray | float) -> HousingTable:
    changed = values.copy()
    for name, column in columns.items():
        changed[:, int(name.removeprefix("column"))] = column
    return HousingTable(changed, "mine.csv")


def test_the_census_table_raises_no_doubt() -> None:
    assert doubts_of(load_embedded()) == ()


def test_a_constant_input_is_named_with_its_value(small_table: HousingTable) -> None:
    doubts = doubts_of(with_columns(small_table.values, column1=30.0, column6=37.5))
    known = "in all 600 rows: nothing is learned from it, and answers for other values are guesses."
    assert doubts == (f"HouseAge is 30 {known}", f"Latitude is 37.5 {known}")


def test_a_column_that_was_copied_over_another_is_named(small_table: HousingTable) -> None:
    (doubt,) = doubts_of(with_columns(small_table.values, column3=small_table.values[:, 2]))
    assert doubt == (
        "AveRooms and AveBedrms are equal in all 600 rows: check that one was not copied over the other."
    )


@pytest.mark.parametrize(("factor", "offset"), [(0.3, 0.1), (-0.3, 6.0)])
def test_an_input_that_gives_the_target_away_is_named(
    small_table: HousingTable, factor: float, offset: float
) -> None:
    target = factor * small_table.values[:, 0] + offset
    (doubt,) = doubts_of(with_columns(small_table.values, column8=target))
    assert doubt.startswith("MedHouseVal follows from MedInc alone, on a straight line: check")
    noise = np.random.default_rng(0).normal(0.0, 0.01, ROWS)
    (doubt,) = doubts_of(with_columns(small_table.values, column8=target + noise))
    assert doubt.startswith("MedInc alone tells 99.")
    assert doubt.endswith("leave it out if it is not known before MedHouseVal is.")
    noise = np.random.default_rng(0).normal(0.0, 1.0, ROWS)
    assert doubts_of(with_columns(small_table.values, column8=2.5 + target / 10 + noise / 10)) == ()


def test_what_describe_says_of_a_file_each_training_says_of_its_table(
    small_table: HousingTable,
) -> None:
    values = small_table.values[:150].copy()
    values[:8, 4] = 9999.0
    values[10:20, :8] = values[20:30, :8]
    said = doubts_of(HousingTable(values, "mine.csv"))
    assert [one.split(" ", 1)[1] for one in said] == [
        "is 9999 in 8 rows, far from all other values: leave these cells empty if it means that the value "
        "is missing.",
        "rows are few: errors and intervals will be rough.",
        "rows have the inputs of an earlier row; they stay, 10 of them with another MedHouseVal.",
    ]
