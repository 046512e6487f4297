"""All columns of a table: as text with the blanks gone, or typed, and no row lost without a number."""

from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import InvalidInput
from storage.tables.whole.reading import read_whole
from storage.tables.whole.table import WholeTable
from tests.storage.tables.dialects import STYLES, Style

CASES = Path(__file__).parents[1] / "cases"
CELLS = st.text(st.characters(codec="latin-1", categories=("L", "N")), min_size=1, max_size=6)


def _whole(path: Path, content: str, *wanted: str) -> WholeTable:
    path.write_text(content, encoding="utf-8")
    return read_whole(path, wanted)


def _values(table: WholeTable) -> dict[str, list[object]]:
    return {name: cells.to_pylist() for name, cells in table.columns.items()}


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("semicolon", [2]),
        ("tab", [2]),
        ("thousands", [2]),
        ("bom", [2]),
        ("trailing_comma", [2]),
        ("header_newline", [3, 4, 5]),
        ("ls", [2, 3, 4]),
        ("nbsp", [2]),
        ("blank_lines", [5]),
    ],
)
def test_every_file_that_is_scored_is_read_whole(name: str, rows: list[int]) -> None:
    table = read_whole(CASES / f"{name}.csv", ["MedInc"])
    assert table.rows.tolist() == rows
    assert set(table.columns) >= {"MedInc", "HouseAge", "Longitude"}
    assert all(
        cell.strip() == cell for cells in _values(table).values() for cell in map(str, cells)
    )
    assert table.problems == ()


@given(
    style=STYLES,
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=20),
)
def test_whatever_program_wrote_it_the_cells_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, style: Style, rows: list[tuple[str, str, str]]
) -> None:
    lines = [
        *style.above,
        style.line(["a", "b", "price"]),
        *(style.line(list(row)) for row in rows),
    ]
    path = tmp_path_factory.mktemp("whole") / "table.csv"
    path.write_bytes(style.written(style.line_end.join(lines) + style.line_end))
    table = read_whole(path, ["price"])
    assert list(table.columns) == ["a", "b", "price"]
    assert list(zip(*_values(table).values(), strict=True)) == rows


def test_rows_that_cannot_be_split_are_problems_by_line(tmp_path: Path) -> None:
    table = _whole(tmp_path / "t.csv", "a,price\n1,2\n3\n,\n4,5,6\n# late\n7,8\n", "price")
    assert _values(table) == {"a": ["1", "7"], "price": ["2", "8"]}
    assert table.rows.tolist() == [2, 7]
    assert [(problem.row, problem.message) for problem in table.problems] == [
        (3, "The row has 1 cell where 2 columns are named"),
        (4, "The row is empty"),
        (5, "The row has 3 cells where 2 columns are named"),
        (6, "A comment is read only above the first row: remove it"),
    ]


def test_the_row_names_of_pandas_are_left_out(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2], "price": [3.5, 4.5]}, index=[7, 9])
    frame.to_csv(tmp_path / "t.csv")
    frame.to_parquet(tmp_path / "t.parquet")
    for suffix in ("csv", "parquet"):
        table = read_whole(tmp_path / f"t.{suffix}", ["price"])
        assert (list(table.columns), table.has_row_names) == (["a", "price"], True)


def test_parquet_keeps_its_types_and_parts_are_one_table(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    pq.write_table(pa.table({"price": [1], "word": ["a"]}), folder / "part-0.parquet")
    pq.write_table(pa.table({"price": [2.5], "word": ["b"]}), folder / "part-1.parquet")
    table = read_whole(folder, ["price"])
    assert _values(table) == {"price": [1.0, 2.5], "word": ["a", "b"]}
    assert table.rows.tolist() == [1, 2]
    assert table.understood.kind == "Parquet, 2 files"


def test_ignored_columns_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,a,price\n1,2,3\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="has more than one column a: keep one of them"):
        read_whole(path, ["price"])
    assert _values(read_whole(path, ["price"], {"a"})) == {"price": ["3"]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty: the first line must name the columns"),
        ("a,b\n1,2\n", r"has no column price\. Its columns \(read with commas\): a, b\."),
        ("a,price\n", "has a header but no rows"),
        ('a,price\n1,2\n"3,4\n5,6\n', "has a double quote in line 3"),
        ("PK\x03\x04", "looks like an Excel workbook, but cannot be read as one"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(
    tmp_path: Path, content: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        _whole(tmp_path / "t.csv", content, "price")


def test_a_path_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        read_whole(tmp_path / "none.csv", ["price"])
    with pytest.raises(InvalidInput, match="has no Parquet files"):
        read_whole(tmp_path, ["price"])
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    with pytest.raises(InvalidInput, match=r"has no column price\. Its columns: a\."):
        read_whole(tmp_path / "a.parquet", ["price"])
    pq.write_table(pa.table({"a": ["word"], "price": [1]}), tmp_path / "b.parquet")
    pq.write_table(pa.table({"a": [1], "price": [1]}), tmp_path / "a.parquet")
    with pytest.raises(InvalidInput, match="has parts whose columns differ in type"):
        read_whole(tmp_path, ["price"])
