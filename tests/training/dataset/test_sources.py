"""Where a table comes from."""

from pathlib import Path

import joblib
import numpy as np
import pytest

from storage.schema.arrays import FloatArray
from training.dataset.sources import DownloadFailed, load_table
from training.dataset.table import HousingTable


@pytest.fixture(autouse=True)
def scikit_learn_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_port: int) -> Path:
    """scikit-learn keeps its data here, and the only way to the internet is closed."""
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port}")
    return tmp_path


def as_kept_by_scikit_learn(table: HousingTable) -> FloatArray:
    """The raw columns of scikit-learn's own file: totals by block group instead of averages."""
    income, age, rooms, bedrooms, population, occupancy, latitude, longitude = table.inputs.T
    households = population / occupancy
    totals = [rooms * households, bedrooms * households, population, households]
    raw = [table.targets * 100_000, income, age, *totals, latitude, longitude]
    return np.column_stack(raw)


def test_the_embedded_table_is_the_default(embedded: HousingTable) -> None:
    assert load_table().sha256 == embedded.sha256


def test_a_csv_file_goes_before_a_named_source(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"absent\.csv does not exist"):
        load_table("sklearn", tmp_path / "absent.csv")


def test_scikit_learn_gives_the_same_table(
    embedded: HousingTable, scikit_learn_folder: Path
) -> None:
    joblib.dump(as_kept_by_scikit_learn(embedded), scikit_learn_folder / "cal_housing_py3.pkz")
    assert np.allclose(load_table("sklearn").values, embedded.values, rtol=1e-12)


def test_without_internet_scikit_learn_fails_in_one_sentence() -> None:
    with pytest.raises(DownloadFailed, match="leave out --source to use the embedded copy"):
        load_table("sklearn")
