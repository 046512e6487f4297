"""The recent part: which labelled predictions are in it, and what is said when they are too few."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from storage.schema.arrays import FloatArray
from storage.schema.records import utc_now
from storage.schema.triggers import DataWindow
from storage.settings import Settings
from tests.settings import changed
from tests.training.labelled import keep_labelled
from training.dataset.known_rows import is_new
from training.dataset.likeness import Likeness
from training.dataset.missing import Missing
from training.dataset.recent_part import read_recent_part
from training.dataset.splits import Part
from training.dataset.table import HousingTable

NOW = utc_now()
ROWS = 12


@pytest.fixture
def few(tmp_path: Path) -> Settings:
    """Settings that ask for ten rows."""
    return changed(
        Settings(runtime_directory=tmp_path / "runtime"), promotion_recent_minimum_rows=10
    )


@pytest.fixture(scope="module")
def is_asked(small_table: HousingTable) -> NDArray[np.bool_]:
    """Which districts are asked about: twelve that are like no other one."""
    inputs = small_table.inputs
    likeness = Likeness.of(inputs)
    alone = [
        not likeness.is_known(inputs[[row]], np.delete(inputs, row, axis=0))[0]
        for row in range(3 * ROWS)
    ]
    return np.isin(np.arange(len(inputs)), np.flatnonzero(alone)[:ROWS])


@pytest.fixture
def learned(small_table: HousingTable, is_asked: NDArray[np.bool_]) -> Part:
    """What the challenger learned from: other districts."""
    return Part(small_table.inputs[~is_asked], small_table.targets[~is_asked])


@pytest.fixture
def districts(small_table: HousingTable, is_asked: NDArray[np.bool_]) -> Part:
    return Part(small_table.inputs[is_asked], small_table.targets[is_asked])


def read(
    settings: Settings, learned: Part, *known: FloatArray, window: DataWindow | None = None
) -> Part | Missing:
    return read_recent_part(settings, window, NOW, learned, *known)


def rows_of(found: Part | Missing) -> int:
    assert isinstance(found, Part), found
    return len(found)


def reason_of(found: Part | Missing) -> str:
    assert isinstance(found, Missing), found
    return found.reason


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


def test_labelled_predictions_of_the_last_days_are_the_recent_part(
    few: Settings, districts: Part, learned: Part
) -> None:
    keep_labelled(few, districts, [ago(days=number) for number in range(1, ROWS + 1)])
    found = read(few, learned)
    assert isinstance(found, Part)
    np.testing.assert_array_equal(found.inputs, districts.inputs)
    np.testing.assert_array_equal(found.targets, districts.targets)


def test_older_ones_than_the_setting_are_not(few: Settings, districts: Part, learned: Part) -> None:
    keep_labelled(few, districts, ago(days=31))
    assert "0 labelled predictions" in reason_of(read(few, learned))
    longer = changed(few, promotion_recent_days=32.0)
    assert rows_of(read(longer, learned)) == ROWS


def test_the_triggers_window_goes_before_the_setting(
    few: Settings, districts: Part, learned: Part
) -> None:
    keep_labelled(few, districts, ago(days=90))
    around = DataWindow(since=ago(days=91), until=ago(days=89))
    assert rows_of(read(few, learned, window=around)) == ROWS
    assert rows_of(read(few, learned, window=DataWindow(since=ago(days=91)))) == ROWS
    assert rows_of(read(few, learned, window=DataWindow(until=ago(days=89)))) == ROWS
    assert reason_of(read(few, learned, window=DataWindow(since=ago(days=89))))


def test_too_few_rows_are_missing_with_the_numbers(
    few: Settings, districts: Part, learned: Part
) -> None:
    keep_labelled(few, Part(districts.inputs[:9], districts.targets[:9]), ago(days=1))
    reason = reason_of(read(few, learned))
    assert reason.startswith("of 9 labelled predictions, 9 are distinct, plausible and new")
    assert reason.endswith("at least 10 are needed")


def test_what_a_model_learned_from_is_left_out(
    few: Settings, districts: Part, learned: Part
) -> None:
    keep_labelled(few, districts, ago(days=1))
    assert rows_of(read(few, learned, districts.inputs[:1], districts.inputs[11:])) == 10
    assert "of 12 labelled predictions, 9 are distinct" in reason_of(
        read(few, learned, districts.inputs[:3])
    )


def test_a_district_asked_about_again_counts_once_with_its_newest_value(
    few: Settings, districts: Part, learned: Part
) -> None:
    keep_labelled(few, Part(districts.inputs, districts.targets + 0.1), ago(days=2))
    keep_labelled(few, districts, ago(days=1))
    found = read(few, learned)
    assert isinstance(found, Part)
    assert sorted(found.targets) == sorted(districts.targets)


def test_a_database_that_is_away_costs_the_part_and_not_the_retraining(
    few: Settings, learned: Part, caplog: pytest.LogCaptureFixture
) -> None:
    assert "cannot be read" in reason_of(read(few, learned))
    assert "There is no recent part" in caplog.text


numbers = st.sampled_from([0.0, -0.0, 1.0, 1.0 + 1e-15, 2.0])
tables = st.integers(0, 6).flatmap(lambda rows: arrays(np.float64, (rows, 2), elements=numbers))


@given(inputs=tables, known=tables)
def test_rows_are_told_apart_as_their_numbers_are(inputs: FloatArray, known: FloatArray) -> None:
    seen = [tuple(row) for row in known.tolist()]
    rows = [tuple(row) for row in inputs.tolist()]
    assert is_new(inputs, known).tolist() == [row not in seen for row in rows]
