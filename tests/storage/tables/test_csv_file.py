"""CSV as people have it: understood, or refused with what was seen."""

import bz2
import gzip
import lzma
import pickle
from typing import Any

import pyarrow as pa
import pytest

from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from storage.errors import InvalidInput
from storage.tables import csv_file
from storage.tables.block import Block, gathered
from storage.tables.column import INPUT_COLUMNS, NumberColumn, TextColumn
from storage.tables.number import OTHER_SIGNS
from storage.tables.table import open_table

HEADER = ",".join(FEATURE_NAMES)
ROW = list(EXAMPLE.values())
GOOD = ",".join(f"{value:g}" for value in ROW)
PAIR = (NumberColumn("a", -1e9, 1e9, "apples"), NumberColumn("b", -1e9, 1e9, "pears"))


def read(content: str | bytes, columns: Any = PAIR) -> Block:
    data = content.encode() if isinstance(content, str) else content
    return gathered(open_table(data, columns).blocks())


def values(content: str | bytes) -> list[list[float]]:
    block = read(content)
    assert not block.problems
    numbers: list[list[float]] = block.numbers.tolist()
    return numbers


def messages(content: str) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.message) for each in read(content).problems]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1.5,2\n",
        "b,a\r\n2,1.5\r\n",
        "a,b\r1.5,2\r",
        "a,b\n1.5,2",
        "\n\n# made by hand\na,b\n# units\n\n1.5,2\n\n\n",
        "# a,b\n1.5,2\n",
        "sep=;\na;b\n1,5;2\n",
        '"sep=;"\na;b\n1,5;2\n',
        "a;b\n1,5;2\n",
        "a\tb\n1.5\t2\n",
        "a\tb\n1,5\t2\n",
        "a|b\n1.5|2\n",
        "sep=|\na|b\n1,5|2\n",
        'a,b\n"1,5","2,0"\n',
        "a,b\n# units\n  # and more\n1.5,2\n",
        ' a , b \n"1.5","2"\n',
        '"a\n","\nb"\n1.5,2\n',
        "a,b,,\n1.5,2,,\n",
        "a,b\n1.5,2,,\n",
        ",a,b\n0,1.5,2\n",
        'a,note,b\n1.5,"one\ntwo, ""three""",2\n',
        "a,b\n\u00a01.5\u2009,\u3000+2.0\x1c\x1f\u2028\u200b\n",
        "a,b\n15e-1,.2E1\n",
        'a, b\n1.5, "2"\n',
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_same_table_in_many_ways(content: str, codec: str) -> None:
    assert values(content.encode(codec)) == [[1.5, 2.0]]


def test_latin_1_is_read_and_said() -> None:
    table = open_table("Größe,a,b\nM\u00f6,1,\u00a02\n".encode("cp1252"), PAIR)
    assert gathered(table.blocks()).numbers.tolist() == [[1, 2]]
    assert table.understood.sentence() == (
        "Read as CSV: comma-separated, decimal point, Latin-1 (Windows-1252). Ignored columns: Größe."
    )


def test_bytes_that_could_be_either_are_read_as_utf_8_and_that_is_said() -> None:
    table = open_table("ª,a,b\n-,1,2\n".encode(), PAIR)  # in Windows-1252 the first name is "Âª"
    assert table.understood.sentence() == (
        "Read as CSV: comma-separated, decimal point, UTF-8. Ignored columns: ª."
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('a,b\n"1,322",2.5\n"12,322,000",3.5\n17,1\n', [[1322, 2.5], [12_322_000, 3.5], [17, 1]]),
        ("a;b\n1.322;2,5\n322;3,5\n", [[1322, 2.5], [322, 3.5]]),
        ("a;b\n1.322,5;2,5\n", [[1322.5, 2.5]]),
        ("a\tb\n1,322\t2.5\n", [[1322, 2.5]]),
        (
            "a,b\n1 322,2\n1\u202f322\u202f000.5,2\n1'322,2\n",
            [[1322, 2], [1_322_000.5, 2], [1322, 2]],
        ),
        (
            "a;b\n1,322;2\n",
            [[1.322, 2]],
        ),  # semicolons are there because the comma is the decimal mark
    ],
)
def test_thousands_are_grouped_where_nothing_else_can_be_meant(
    content: str, expected: list[list[float]]
) -> None:
    assert values(content) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('a,b\n"1,322",2\n2322,2\n', "Could be 1322 or 1.322: write it without the comma"),
        ('a,b\n"1,322",2\n', "Could be 1322 or 1.322: write it without the comma"),
        ("a\tb\n1,322\t2\n", "Could be 1322 or 1.322: write it without the comma"),
        ("a;b\n1.322;2,5\n2322;2,5\n", "Could be 1322 or 1.322: write it without the point"),
        ("a;b\n1.322;2\n", "Could be 1322 or 1.322: write it without the point"),
        ('a,b\n"4,2",2.5\n', "Not a number: this file writes decimals with a point"),
        ("a,b\n4_2,2\n", "Not a number: remove the underscore"),
        ("a,b\n0x1A,2\n", "Not a number: write it with decimal digits"),
        ("a,b\n1e309,2\n", "Too large for a number"),
        ("a,b\n1e-400,2\n", "Too small for a number: write 0 if that is meant"),
        ("a;b\n\u00a00,1e-999;2\n", "Too small for a number: write 0 if that is meant"),
        ("a,b\nNaN,2\n", "Not a finite number: leave the cell empty if the value is not known"),
        ("a,b\n-inf,2\n", "Not a finite number: leave the cell empty if the value is not known"),
        ("a,b\n\u0663,2\n", OTHER_SIGNS),
        ("a,b\n\u22122.5,2\n", OTHER_SIGNS),
        ("a;b\n\uff0d\uff12,5;2\n", OTHER_SIGNS),
        ("a,b\n\u2013,2\n", "Not a number"),
        ("a,b\n1 3,2\n", "Not a number"),
        ("a,b\n$5,2\n", "Not a number"),
        ("a,b\n \u00a0,2\n", "The cell is empty"),
        ("a,b\n1e10,2\n", "More than the maximum, 1e+09 (unit: apples)"),
    ],
)
def test_what_is_no_number_is_said_with_what_to_do(content: str, message: str) -> None:
    assert messages(content)[0] == (2, "a", message)


def test_cells_too_many_or_too_few_are_reported_by_row() -> None:
    found = read("a,b\n1,2\n1\n\n1,2,3\n,\n3,4\n")
    assert found.rows.tolist() == [2, 7]
    assert [(each.row, each.column, each.message, each.value) for each in found.problems] == [
        (3, "", "The row has 1 cell where 2 columns are named", "1"),
        (5, "", "The row has 3 cells where 2 columns are named", "1,2,3"),
        (6, "", "The row is empty", ","),
    ]
    assert found.read == 5


@pytest.mark.parametrize("content", ['id,a\nx,"4,526"\n', "id;a\nx;4.526\n", "id|a\nx|4,526\n"])
def test_the_range_of_a_column_tells_which_number_is_meant(content: str) -> None:
    found = read(content, (TextColumn("id"), NumberColumn("a", 0, 50, "apples")))
    assert (found.numbers.tolist(), found.problems) == ([[4.526]], ())


OCCUPANCY = NumberColumn("a", 0.1, 5_000, "people", usual=(1, 12))
PEOPLE = NumberColumn("a", 1, 100_000, "people", usual=(10, 12_000))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a;b\n2.556;37,88\n3.111;37,5\n", "Could be 2556 or 2.556: write it without the point"),
        ('a,b\n"2,556",37.88\n', "Could be 2556 or 2.556: write it without the comma"),
    ],
)
def test_what_is_usual_only_with_decimals_is_not_taken_for_thousands(
    content: str, message: str
) -> None:
    """A program wrote one column, and a spreadsheet the others: each row was a thousand times too large."""
    found = read(content, (OCCUPANCY, PAIR[1]))
    assert not len(found.rows)
    assert (found.problems[0].column, found.problems[0].message) == ("a", message)
    people = read(content, (PEOPLE, PAIR[1]))
    assert people.numbers[0].tolist() == [2556, 37.88]


def test_a_comment_between_rows_is_a_problem_with_its_line() -> None:
    found = read("a,b\n1,2\n# the rest is old\n0,0e-400\n")
    assert found.numbers.tolist() == [[1, 2], [0, 0]]
    assert [(each.row, each.message, each.value) for each in found.problems] == [
        (3, "A comment is read only above the first row: remove it", "# the rest is old")
    ]


def test_a_column_without_a_name_hides_no_decimals() -> None:
    assert messages("a,b,\n1,4,2\n") == [(2, "", "The row has 3 cells where 2 columns are named")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file is empty"),
        ("\n\n", "The file is empty"),
        ("a,b\n", "has a header but no rows"),
        ("a;c\n1;2\n", "no column b. Its columns (read with semicolons): a, c"),
        ("a:b\n1:2\n", "no column a, b. Its columns (read with commas): a:b"),
        ("a,b,a\n1,2,3\n", "more than one column a"),
        ('a,b\n1,2\n"3,4\n5,6\n', "double quote in line 3"),
        ('a,b\n1,2\n3,"4"5\n', "double quote in line 3"),
        ('a,b\n1,2\n3, "4\n5,6\n', "double quote in line 3"),
        ('a,b\n1,2\n3,"4\n5,"6\n', "double quote in line 3"),
        ('a,b,c\n1,2,"x\n3,4,x"\n5,6,x\n', "double quote in line 2"),
        ('a,b,c\n1,"2\n3,4",x\n5,6,x\n', "double quote in line 2"),
        ('"a,b\n1,2\n', "double quote in line 1"),
        ("a\tb\n1,5\t2.5\n", "with a decimal point ('2.5' in column b) and with a decimal comma"),
        ("a;b\n1,322\t;2.322\n", "which of them is the decimal mark is unclear"),
        (b"PK\x03\x04rest", "looks like an Excel workbook"),
        pytest.param(
            bz2.compress(b"a,b\n1,2\n"), "compressed with bzip2: unpack it first", id="bzip2"
        ),
        pytest.param(lzma.compress(b"a,b\n1,2\n"), "compressed with xz: unpack it first", id="xz"),
        pytest.param(
            gzip.compress(b"a,b\n1,2\n", mtime=0),
            "compressed with gzip: unpack it first",
            id="gzip",
        ),
        pytest.param(
            pa.Codec("zstd").compress(b"a,b\n1,2\n", asbytes=True),
            "compressed with Zstandard",
            id="zstd",
        ),
        pytest.param(pickle.dumps([1, 2]), "a Python pickle, which is not opened", id="pickle"),
        ('[{"a": 1, "b": 2}]', "is JSON: save the table as CSV or Parquet"),
        ('\ufeff {"a": [1], "b": [2]}', "is JSON: save the table as CSV or Parquet"),
        ("<!DOCTYPE html>\n<html>", "a web page or XML"),
        (b"a,b\n1,\x812\n", "is not text in UTF-8"),
        (b"a,b\n1,2\0\0\n", "has a zero byte in line 2: it is damaged or no text. Save it again"),
        (b"a,b\n1,2\n" + 100 * b"\0", "has a zero byte in line 3"),
        ('a,"b\nc"\n1,2\n', "no column b. Its columns (read with commas): a, b c."),
        (f"a,b,{300_000 * 'x'}\n1,2,3\n", "no line with the names of the columns that ends within"),
        (
            f"a,b,{','.join(['x'] * 140_000)}\n1,2\n",
            "no line with the names of the columns that ends",
        ),
        (f"a,b,{150_000 * 'x'}\n1,2,3\n", "has a name of a column that is too long, in line 1"),
        (
            140_000 * "#\n" + "a,b\n1,2\n",
            "no line with the names of the columns that ends within its",
        ),
        (b"PAR1 not really", "cannot be read"),
    ],
)
def test_a_file_is_refused_with_what_was_seen(content: str | bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(content)
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_quote_left_open_in_a_large_file_is_found_where_it_opens() -> None:
    rows = [GOOD] * 50_000
    rows[20_000] = '"' + GOOD
    with pytest.raises(InvalidInput, match="double quote in line 20002 "):
        read("\n".join([HEADER, *rows]), INPUT_COLUMNS)


def test_a_first_row_that_begins_like_a_comment_is_a_row() -> None:
    block = read("note,a,b\n# only a comment\n#,1.5,2\nx,3,4\n")
    assert block.numbers.tolist() == [[1.5, 2.0], [3.0, 4.0]]
    assert block.rows.tolist() == [3, 4]


def test_rows_keep_their_lines_over_many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "ROWS_A_BLOCK", 3)
    lines = ["text,a,b", *(f'"one\ntwo",{number},1' for number in range(10)), "x,y,1", "x,10,1"]
    found = read("\n".join(lines))
    assert found.rows.tolist() == [*range(2, 22, 2), 23]
    assert [problem.row for problem in found.problems] == [22]


def test_text_is_kept_beside_its_numbers() -> None:
    found = read("id,a\n x ,1\n,2\ny,?\n", (TextColumn("id"), PAIR[0]))
    assert found.texts == {"id": ["x", ""]}
    assert found.numbers.tolist() == [[1], [2]]


def test_an_example_is_the_same_number_to_the_last_bit() -> None:
    written = [repr(number / 7) for number in range(1, 2_000)]
    found = values("a,b\n" + "".join(f"{text},{text}\n" for text in written))
    assert [row[0] for row in found] == [float(text) for text in written]
