"""A training table from a file: read exactly and whole, or refused with all its problems."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from storage.errors import InvalidDataset
from storage.schema.arrays import FloatArray
from training.dataset.file import load_file
from training.dataset.table import COLUMN_NAMES, HousingTable


def to_csv(values: FloatArray, names: tuple[str, ...] = COLUMN_NAMES) -> str:
    """Write the columns in the order of ``names``."""
    positions = [COLUMN_NAMES.index(name) for name in names]
    lines = [",".join(repr(float(row[at])) for at in positions) for row in values]
    return "\n".join([",".join(names), *lines, ""])


@pytest.fixture
def path(small_table: HousingTable, tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(to_csv(small_table.values))
    return path


def replace_cells(path: Path, name: str, cells: dict[int, str]) -> None:
    """Replace cells of a column by the row that an editor shows."""
    lines = [line.split(",") for line in path.read_text().splitlines()]
    for row, cell in cells.items():
        lines[row - 1][COLUMN_NAMES.index(name)] = cell
    path.write_text("\n".join(",".join(line) for line in lines))


def test_the_whole_real_table_survives_a_csv_file(embedded: HousingTable, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("\ufeff" + to_csv(embedded.values, COLUMN_NAMES[::-1]), encoding="utf-8")
    table = load_file(path)
    assert table.sha256 == embedded.sha256
    assert table.origin == str(path)


def test_parquet_gives_the_same_table(small_table: HousingTable, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    columns = dict(zip(COLUMN_NAMES, small_table.values.T, strict=True))
    pyarrow.parquet.write_table(pa.table({"county": ["x"] * len(small_table), **columns}), path)
    assert np.array_equal(load_file(path).values, small_table.values)


@pytest.mark.parametrize(
    ("name", "cell", "message"),
    [
        ("HouseAge", "old", "row 7, column HouseAge: Not a number ('old')"),
        ("HouseAge", "", "row 7, column HouseAge: The cell is empty ('')"),
        ("AveOccup", "nan", "row 7, column AveOccup: Not a finite number"),
        ("MedInc", "1e999", "row 7, column MedInc: Too large for a number ('1e999')"),
        (
            "Latitude",
            "0",
            "row 7, column Latitude: Less than the minimum, 32 (unit: degrees north) ('0')",
        ),
        (
            "MedHouseVal",
            "452600",
            "row 7, column MedHouseVal: More than the maximum, 100 (unit: 100,000 USD)",
        ),
    ],
)
def test_an_unusable_cell_is_refused_by_row_and_column(
    path: Path, name: str, cell: str, message: str
) -> None:
    replace_cells(path, name, {7: cell})
    with pytest.raises(InvalidDataset) as refusal:
        load_file(path)
    assert str(refusal.value).startswith(f"{path} has 1 problem;")
    assert message in str(refusal.value)


def test_all_problems_are_said_up_to_a_hundred(path: Path) -> None:
    replace_cells(path, "MedInc", {3: "x", 5: "y"})
    with pytest.raises(InvalidDataset, match="has 2 problems") as refusal:
        load_file(path)
    assert [line.split(":")[0] for line in str(refusal.value).splitlines()[1:]] == [
        "  row 3, column MedInc",
        "  row 5, column MedInc",
    ]
    path.write_text("\n".join([path.read_text(), *("1,2" for _ in range(104))]))
    with pytest.raises(InvalidDataset, match="has 106 problems") as refusal:
        load_file(path)
    lines = str(refusal.value).splitlines()
    assert len(lines) == 1 + 100 + 1
    assert lines[-1] == "  and 6 more problems"


def test_what_is_wrong_with_a_whole_column_is_said_once(path: Path) -> None:
    rows = len(path.read_text().splitlines()) - 1
    replace_cells(path, "HouseAge", dict.fromkeys(range(2, rows + 2), ""))
    replace_cells(path, "MedHouseVal", dict.fromkeys(range(2, rows + 2), "452600"))
    replace_cells(path, "MedInc", {3: "x"})
    with pytest.raises(InvalidDataset) as refusal:
        load_file(path)
    assert str(refusal.value).splitlines()[1:] == [
        f"  column HouseAge, all {rows} rows: The cell is empty (the first is '')",
        f"  column MedHouseVal, all {rows} rows: More than the maximum, 100 (unit: 100,000 USD) (the first "
        "is '452600')",
        "  row 3, column MedInc: Not a number ('x')",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        (",".join(COLUMN_NAMES), "has a header but no rows"),
        (",".join(COLUMN_NAMES[:-2]), "has no column Longitude, MedHouseVal"),
        (",".join([*COLUMN_NAMES, "MedInc"]), "more than one column MedInc"),
        (",".join(COLUMN_NAMES) + '\n"1,2', "double quote in line 2"),
    ],
)
def test_a_table_without_the_right_shape_is_refused(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "table.csv").write_text(content)
    with pytest.raises(InvalidDataset, match=message):
        load_file(tmp_path / "table.csv")


def test_too_few_rows_are_refused(path: Path) -> None:
    path.write_text("\n".join(path.read_text().splitlines()[:11]))
    with pytest.raises(InvalidDataset, match="has 10 rows of data; at least 50 are needed"):
        load_file(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataset, match="does not exist"):
        load_file(tmp_path / "absent.csv")
