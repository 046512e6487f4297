"""CSV files: read exactly, or refused with file, row and column."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from storage.domain.inputs import FEATURES
from storage.domain.target import ACCEPTED_TARGETS
from storage.errors import InvalidDataset
from storage.schema.arrays import FloatArray
from training.dataset.csv_file import load_csv, parse_csv
from training.dataset.table import COLUMN_NAMES, MINIMUM_ROWS, HousingTable


def to_csv(values: FloatArray, names: tuple[str, ...] = COLUMN_NAMES) -> str:
    """Write the columns in the order of ``names``; a name that is not a column is filled with text."""
    positions = [COLUMN_NAMES.index(name) if name in COLUMN_NAMES else None for name in names]
    lines = [
        ",".join("text" if at is None else repr(float(row[at])) for at in positions)
        for row in values
    ]
    return "\n".join([",".join(names), *lines, ""])


@pytest.fixture
def text(small_table: HousingTable) -> str:
    return to_csv(small_table.values)


def column(index: int) -> st.SearchStrategy[FloatArray]:
    bounds = [(feature.minimum, feature.maximum) for feature in FEATURES] + [ACCEPTED_TARGETS]
    low, high = bounds[index]
    return arrays(np.float64, MINIMUM_ROWS, elements=st.floats(low, high))


TABLES = st.tuples(*(column(index) for index in range(len(COLUMN_NAMES)))).map(np.column_stack)


@settings(max_examples=30, deadline=None)
@given(values=TABLES, names=st.permutations([*COLUMN_NAMES, "county"]))
def test_any_valid_table_is_read_back_exactly_in_any_column_order(
    values: FloatArray, names: list[str]
) -> None:
    table = parse_csv(to_csv(values, tuple(names)), "table.csv")
    assert np.array_equal(table.values, values)


@settings(max_examples=200, deadline=None)
@given(body=st.text(alphabet=st.sampled_from('0123456789.,eE+-_"\n\r\t\0 naif;é'), max_size=400))
def test_any_text_is_a_table_or_a_refusal(body: str) -> None:
    for text in (body, ",".join(COLUMN_NAMES) + "\n" + body):
        with pytest.raises(InvalidDataset, match=r"table\.csv"):
            parse_csv(text, "table.csv")


def test_the_whole_real_table_survives_a_csv_file(embedded: HousingTable, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("\ufeff" + to_csv(embedded.values, COLUMN_NAMES[::-1]), encoding="utf-8")
    table = load_csv(path)
    assert table.sha256 == embedded.sha256
    assert table.origin == str(path)


def replace_cell(text: str, row: int, name: str, cell: str) -> str:
    lines = text.splitlines()
    cells = lines[row].split(",")
    cells[COLUMN_NAMES.index(name)] = cell
    lines[row] = ",".join(cells)
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("name", "cell", "message"),
    [
        ("HouseAge", "old", "row 7, column HouseAge: 'old' is not a number"),
        ("HouseAge", "", "row 7, column HouseAge: '' is not a number"),
        ("Population", "1_000", "row 7, column Population: '1_000' is not a number"),
        ("AveOccup", "nan", "row 7, column AveOccup: nan is not between"),
        ("MedInc", "inf", "row 7, column MedInc: inf is not between"),
        ("MedInc", "1e999", "row 7, column MedInc: inf is not between"),
        ("Latitude", "0", "row 7, column Latitude: 0 is not between 32 and 42.5"),
        ("MedHouseVal", "452600", r"row 7, column MedHouseVal: 452600 .* \(100,000 USD\)"),
        ("MedHouseVal", "-1", "row 7, column MedHouseVal: -1 is not between 0 and 100"),
    ],
)
def test_an_unusable_cell_is_refused_by_row_and_column(
    text: str, tmp_path: Path, name: str, cell: str, message: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(replace_cell(text, 7, name, cell))
    with pytest.raises(InvalidDataset, match=message) as refusal:
        load_csv(path)
    assert str(refusal.value).startswith(str(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        (",".join(COLUMN_NAMES), "has 0 rows of data"),
        (",".join(COLUMN_NAMES[:-2]), "has no column Longitude, MedHouseVal"),
        (",".join([*COLUMN_NAMES, "MedInc"]), "more than one column MedInc"),
        (",".join(COLUMN_NAMES) + "\n1,2,3\n", "row 1 has 3 cells where the header has 9"),
        (",".join(COLUMN_NAMES) + '\n"1,2', "line 2: not CSV"),
    ],
)
def test_a_table_without_the_right_shape_is_refused(content: str, message: str) -> None:
    with pytest.raises(InvalidDataset, match=message):
        parse_csv(content, "table.csv")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidDataset, match="not a UTF-8 text file"):
        load_csv(path)
    with pytest.raises(InvalidDataset, match="cannot be read"):
        load_csv(tmp_path)
