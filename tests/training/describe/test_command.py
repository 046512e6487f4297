"""The command as a person calls it: what it prints, what it refuses, and that no table need be there yet."""

import subprocess
from pathlib import Path

import pytest

from tests.system import REPOSITORY, finished
from tests.training.describe.tables import cars

UNUSED = REPOSITORY / "no such runtime folder"
TOLD = """Read as CSV: comma-separated, decimal point, UTF-8.
{file}: 400 rows, 400 usable; 6 inputs (1 number, 2 whole numbers, 3 categories) for price.
"""
LEFT_OUT = """
Not inputs:
  sold: the time of a row; the latest rows judge the model
  vin: your own id of a row
  country: the same in every row
  brand_again: says the same as brand in every row
  net: a copy of price in other words: alone it tells 100.00% of it (to keep it: --keep net)

Look over:
  the unit of price is not known, so it is called "units": --unit EUR
  may be empty: fuel

Written: {folder}/table.toml, {folder}/rows.parquet. Look the first over, then:
  HOUSING_TABLE={folder} make up
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cars.csv"
    cars().to_csv(path, index=False)
    return path


def _run(
    *arguments: object, table: str = "", runtime: Path = UNUSED
) -> subprocess.CompletedProcess[str]:
    settings = {"HOUSING_TABLE": table, "HOUSING_RUNTIME_DIRECTORY": str(runtime)}
    return finished("-m", "training.describe", *arguments, **settings)


def test_the_table_that_is_to_be_used_need_not_be_there_yet(file: Path) -> None:
    folder = file.parent / "cars"
    done = _run(file, "--target", "price", "-o", folder, table=str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(TOLD.format(file=file))
    assert done.stdout.endswith(LEFT_OUT.format(folder=folder))
    assert len(done.stdout.splitlines()) <= 24
    again = _run(file, "--target", "price", "-o", folder)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == (
        f"{folder} has a table.toml already: name another folder by -o, or replace it by --replace.\n"
    )
    replaced = _run(file, "--target", "price", "-o", folder, "--replace", "--unit", "EUR")
    assert "unit of price" not in replaced.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--target", "prize"], "has no column prize. Its columns (read with commas): vin, brand,"),
        (["--target", "brand"], "column brand, holds words such as 'Audi': only numbers can be"),
        (["--target", "price", "--ignore", "price"], "--ignore names price, which another option"),
        (["--target", "price", "--subject", "a", "b", "c"], "--subject takes what one row is"),
        (["--target", "price", "--time", "when"], "has no column when. Its columns"),
        (["--target", "price", "--categories", "vin", "mileage"], "most 1,000"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    path = tmp_path / "cars.csv"
    cars(1_200).to_csv(path, index=False)
    done = _run(path, *arguments, "-o", tmp_path / "cars")
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "cars").exists()


def test_a_folder_that_cannot_be_written_is_named(file: Path) -> None:
    (file.parent / "no").write_text("a file", encoding="utf-8")
    done = _run(file, "--target", "price", "-o", file.parent / "no" / "cars")
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert str(file.parent / "no") in done.stderr


def test_a_runtime_folder_of_another_table_is_not_suggested(file: Path) -> None:
    """Nor is it a reason to refuse a draft."""
    folder, runtime = file.parent / "cars", file.parent / "runtime"
    (runtime / "models").mkdir(parents=True)
    (runtime / "models" / "champion.json").write_text("{}", encoding="utf-8")
    done = _run(file, "--target", "price", "-o", folder, runtime=runtime)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(
        f"  HOUSING_TABLE={folder} HOUSING_RUNTIME_DIRECTORY={folder}/runtime make up\n"
    )
