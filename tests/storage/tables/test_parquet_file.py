"""Parquet: a file, or a folder of parts as Spark writes it."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from storage.errors import InvalidInput
from storage.tables.block import gathered
from storage.tables.column import NumberColumn, TextColumn
from storage.tables.table import open_table

PAIR = (NumberColumn("a", 0, 100, "apples"), NumberColumn("b", 0, 100, "pears"))


def write(path: Path, **columns: Any) -> None:
    pyarrow.parquet.write_table(pa.table(columns), path)


@pytest.mark.parametrize(
    "kind",
    [pa.int8(), pa.uint64(), pa.float32(), pa.float64(), pa.decimal128(9, 3), pa.decimal256(40, 2)],
)
def test_numbers_of_any_width_are_read(tmp_path: Path, kind: Any) -> None:
    cells = pa.array([Decimal(3), Decimal(4)], pa.decimal128(9, 2)).cast(kind)
    write(tmp_path / "x.parquet", b=[1.5, 2.5], a=cells, note=["x", "y"])
    table = open_table(tmp_path / "x.parquet", PAIR)
    assert gathered(table.blocks()).numbers.tolist() == [[3, 1.5], [4, 2.5]]
    assert table.understood.sentence() == "Read as Parquet, 1 file. Ignored columns: note."


def test_the_bytes_of_an_upload_are_read_too(tmp_path: Path) -> None:
    write(tmp_path / "x.parquet", id=["x", None], a=[1, 2])
    content = (tmp_path / "x.parquet").read_bytes()
    found = gathered(open_table(content, (TextColumn("id"), PAIR[0])).blocks())
    assert (found.texts, found.numbers.tolist()) == ({"id": ["x", ""]}, [[1], [2]])


def test_sparks_folder_is_one_table_with_rows_counted_through(tmp_path: Path) -> None:
    folder = tmp_path / "table.parquet"
    (folder / "day=2").mkdir(parents=True)
    write(folder / "part-00000-x.snappy.parquet", a=[1, 2], b=[1, 2])
    write(
        folder / "part-00001-x.snappy.parquet",
        a=pa.array([], pa.int64()),
        b=pa.array([], pa.int64()),
    )
    write(folder / "part-00002-x.snappy.parquet", b=[3.0, float("nan"), None], a=[3, 400, 5])
    (folder / "_SUCCESS").touch()
    (folder / ".part-00000-x.snappy.parquet.crc").write_bytes(b"crc")
    table = open_table(folder, PAIR)
    found = gathered(table.blocks())
    assert found.rows.tolist() == [1, 2, 3]
    assert found.numbers.tolist() == [[1, 1], [2, 2], [3, 3]]
    assert [(each.row, each.column, each.message, each.value) for each in found.problems] == [
        (4, "a", "More than the maximum, 100 (unit: apples)", "400"),
        (4, "b", "Not a finite number: leave the cell empty if the value is not known", "nan"),
        (5, "b", "The cell is empty", ""),
    ]
    assert found.read == 5
    assert table.understood.kind == "Parquet, 3 files"


def test_a_folder_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="has no Parquet files"):
        open_table(tmp_path, PAIR)
    write(tmp_path / "part-0.parquet", a=[1], b=[1])
    (tmp_path / "part-1.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match=r"contains part-1\.csv"):
        open_table(tmp_path, PAIR)


@pytest.mark.parametrize("name", ["part-1.csv.gz", "part-1.xlsx", "part-1"])
def test_a_folder_of_other_files_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x1f\x8b")
    with pytest.raises(
        InvalidInput, match=f"contains {name}, which is not a Parquet file: name one"
    ):
        open_table(tmp_path, PAIR)


def test_a_part_that_is_a_link_is_read_or_refused_never_left_out(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere.parquet", a=[1], b=[1])
    folder = tmp_path / "table.parquet"
    folder.mkdir()
    (folder / "part-0.parquet").symlink_to(tmp_path / "elsewhere.parquet")
    assert gathered(open_table(folder, PAIR).blocks()).read == 1
    (folder / "part-1.parquet").symlink_to("lost.parquet")
    with pytest.raises(
        InvalidInput, match=r"part-1\.parquet, a link to lost\.parquet, which does not"
    ):
        open_table(folder, PAIR)
    (folder / "part-1.parquet").unlink()
    (tmp_path / "more").mkdir()
    (folder / "more").symlink_to(tmp_path / "more")
    with pytest.raises(InvalidInput, match="contains more, which is a link to another folder"):
        open_table(folder, PAIR)
    (folder / "more").unlink()
    os.mkfifo(folder / "part-2.parquet")
    with pytest.raises(InvalidInput, match=r"part-2\.parquet, which is not a file"):
        open_table(folder, PAIR)


def test_a_part_left_out_by_its_name_is_said(tmp_path: Path) -> None:
    (tmp_path / "_temporary").mkdir()
    write(tmp_path / "part-0.parquet", a=[1], b=[1])
    write(tmp_path / "_temporary" / "part-1.parquet", a=[1], b=[1])
    (tmp_path / "_SUCCESS").touch()
    assert open_table(tmp_path, PAIR).understood.sentence() == (
        "Read as Parquet, 1 file. Not read, because their names begin with _ or a dot: "
        "_temporary/part-1.parquet."
    )


def test_a_partition_by_a_column_is_refused_with_the_column(tmp_path: Path) -> None:
    (tmp_path / "b=1").mkdir()
    write(tmp_path / "b=1" / "part-0.parquet", a=[1])
    with pytest.raises(InvalidInput, match=r"has no column b\. Its columns: a"):
        open_table(tmp_path, PAIR)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (["1", "2"], "holds string in column a, not numbers"),
        ([True, False], "holds bool in column a, not numbers"),
        ([None, None], "has no value at all in column a"),
    ],
)
def test_other_columns_are_refused(tmp_path: Path, cells: Any, sentence: str) -> None:
    write(tmp_path / "x.parquet", a=cells, b=[1.0, 2.0])
    with pytest.raises(InvalidInput, match=sentence):
        open_table(tmp_path / "x.parquet", PAIR)


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())],
)
def test_text_of_any_kind_is_read(tmp_path: Path, kind: Any) -> None:
    write(
        tmp_path / "x.parquet", id=pa.array(["p", " q", None], pa.string()).cast(kind), a=[1, 2, 3]
    )
    table = open_table(tmp_path / "x.parquet", (TextColumn("id"), PAIR[0]))
    assert gathered(table.blocks()).texts == {"id": ["p", "q", ""]}


def test_columns_without_rows_are_refused(tmp_path: Path) -> None:
    nothing = pa.array([], pa.int64())
    write(tmp_path / "x.parquet", a=nothing, b=nothing)
    with pytest.raises(InvalidInput, match="has columns but no rows"):
        open_table(tmp_path / "x.parquet", PAIR)


def test_a_torn_file_is_one_sentence(tmp_path: Path) -> None:
    write(tmp_path / "x.parquet", a=[1], b=[1])
    content = (tmp_path / "x.parquet").read_bytes()
    (tmp_path / "x.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(InvalidInput, match="cannot be read: ") as refusal:
        open_table(tmp_path / "x.parquet", PAIR)
    assert "\n" not in str(refusal.value)
