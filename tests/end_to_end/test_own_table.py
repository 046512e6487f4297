"""A table of one's own: from a file to answers, with the commands that the page tells a person."""

import subprocess
import sys
from pathlib import Path

import pyarrow.csv
import pytest

from tests.system import REPOSITORY, clean_environment
from tests.training.describe.tables import ROWS, cars

pytestmark = pytest.mark.xdist_group("own table")


def _run(environment: dict[str, str], *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_file_becomes_a_model_that_answers_its_rows(tmp_path: Path) -> None:
    frame, file, folder = cars(), tmp_path / "cars.csv", tmp_path / "cars"
    frame.to_csv(file, index=False)
    environment = clean_environment(
        HOUSING_TABLE=str(folder), HOUSING_RUNTIME_DIRECTORY=str(tmp_path / "runtime")
    )
    _run(environment, "training.describe", file, "--target", "price", "-o", folder)
    candidate = "hist_gradient_boosting"
    # Despite the checks: on a busy machine the latency is none of this test's business.
    trained = _run(environment, "training", "--candidates", candidate, "--despite-checks")
    assert "Champion: " in trained
    answers = tmp_path / "answers.csv"
    told = _run(environment, "backend.score", folder / "rows.parquet", "-o", answers)
    assert f"Scored {ROWS} of {ROWS} rows" in told
    predicted = pyarrow.csv.read_csv(answers)["prediction"].to_numpy()
    errors = predicted - frame["price"].to_numpy()
    assert (errors**2).mean() < 0.2 * frame["price"].var()
