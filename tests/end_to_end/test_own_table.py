"""A table of one's own: from a file to answers, with the commands that the page tells a person."""

from pathlib import Path

import pyarrow.csv
import pytest

from storage.paths import RuntimePaths
from tests.system import said_by
from tests.tracking_store import copy_store, empty_store
from tests.training.describe.tables import ROWS, cars

pytestmark = pytest.mark.xdist_group("own table")


def test_a_file_becomes_a_model_that_answers_its_rows(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    frame, file, folder = cars(), tmp_path / "cars.csv", tmp_path / "cars"
    frame.to_csv(file, index=False)
    settings = {
        "HOUSING_TABLE": str(folder),
        "HOUSING_RUNTIME_DIRECTORY": str(tmp_path / "runtime"),
    }
    copy_store(empty_store(tmp_path_factory), RuntimePaths(tmp_path / "runtime"))
    said_by("-m", "training.describe", file, "--target", "price", "-o", folder, **settings)
    candidate = "hist_gradient_boosting"
    # Despite the checks: on a busy machine the latency is none of this test's business.
    trained = said_by("-m", "training", "--candidates", candidate, "--despite-checks", **settings)
    assert "Champion: " in trained
    answers = tmp_path / "answers.csv"
    told = said_by("-m", "backend.score", folder / "rows.parquet", "-o", answers, **settings)
    assert f"Scored {ROWS} of {ROWS} rows" in told
    predicted = pyarrow.csv.read_csv(answers)["prediction"].to_numpy()
    errors = predicted - frame["price"].to_numpy()
    assert (errors**2).mean() < 0.2 * frame["price"].var()
