"""A sheet of a workbook is read as its spreadsheet shows it, or refused with what was seen."""

import io
import time
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from storage.errors import InvalidInput
from storage.tables.block import Block, gathered
from storage.tables.column import INPUT_COLUMNS, NumberColumn, TextColumn
from storage.tables.excel import workbook as room
from storage.tables.number import A_DATE, FAILED_FORMULA, TRUE_OR_FALSE, UNSAVED_FORMULA
from storage.tables.source import Source
from storage.tables.table import open_table
from storage.tables.whole.reading import read_whole
from tests.storage.tables.excel.workbooks import edited, workbook

PAIR = (NumberColumn("a", -1e9, 1e9, ""), NumberColumn("b", -1e9, 1e9, ""))
NAMES = ("a", "b")
SHEET = "xl/worksheets/sheet1.xml"


def read(content: bytes, sheet: str | None = None, columns: Any = PAIR) -> Block:
    return gathered(open_table(Source.of(content, sheet), columns).blocks())


def test_the_example_is_read_like_any_other_file(tmp_path: Path) -> None:
    rows = [[*FEATURE_NAMES, "note"], [*EXAMPLE.values(), "mine"]]
    (tmp_path / "example.csv").write_bytes(workbook(rows))  # told by content, not by name
    table = open_table(tmp_path / "example.csv", INPUT_COLUMNS)
    found = gathered(table.blocks())
    assert found.numbers.tolist() == [list(EXAMPLE.values())]
    assert found.rows.tolist() == [2]
    assert table.understood.sentence() == "Read as Excel: sheet Sheet. Ignored columns: note."


def test_rows_have_the_numbers_of_the_spreadsheet() -> None:
    rows = [
        [],
        ["Houses of May"],
        [],
        [*NAMES, "note"],
        [],
        [1, 2, "x\ny"],
        [None, None],
        [3, "old"],
    ]
    found = read(workbook([*rows, [], [None, ""], []]))
    assert found.rows.tolist() == [6]
    assert [(each.row, each.column, each.value) for each in found.problems] == [(8, "b", "old")]
    assert found.read == 2


@pytest.mark.parametrize(
    "cell",
    [1.322, 1322.5, 1e-7, 1.5e300 / 1e295, 2.0, 3, -0.125, "1322", " 7.25 "],
)
def test_numbers_are_the_numbers_of_the_cells(cell: float | str) -> None:
    """Also beside text with decimal commas, where 1.322 of a text would be 1322."""
    found = read(workbook([NAMES, [cell, 1], [cell, 2]]))
    assert found.numbers.tolist() == [[float(cell), 1], [float(cell), 2]]


def test_numbers_entered_as_text_are_read_as_in_a_file_of_text() -> None:
    table = open_table(workbook([NAMES, ["8,3252", 41], ["1.322,5", 2]]), PAIR)
    assert gathered(table.blocks()).numbers.tolist() == [[8.3252, 41], [1322.5, 2]]
    assert "decimal comma" in table.understood.sentence()


def test_a_number_beside_text_with_a_decimal_comma_is_never_read_as_thousands() -> None:
    found = read(workbook([NAMES, ["8,3252", 1.322], [2, 1]]))
    assert found.numbers.tolist() == [[2, 1]]
    assert [(each.row, each.column, each.value) for each in found.problems] == [(2, "a", "8,3252")]


@pytest.mark.parametrize(
    ("cell", "message", "value"),
    [
        (date(2024, 5, 4), A_DATE, "2024-05-04"),
        (datetime(2024, 5, 4, 12, 30), A_DATE, "2024-05-04 12:30:00"),  # noqa: DTZ001
        (True, TRUE_OR_FALSE, "TRUE"),
        ("=B2*2", UNSAVED_FORMULA, "=B2*2"),
        ("#DIV/0!", FAILED_FORMULA, "#DIV/0!"),
        ("", "The cell is empty", ""),
        ("many", "Not a number", "many"),
    ],
)
def test_what_is_no_number_is_said(cell: Any, message: str, value: str) -> None:
    found = read(workbook([NAMES, [cell, 1], [2, 3]]))
    assert [(each.row, each.column, each.message, each.value) for each in found.problems] == [
        (2, "a", message, value)
    ]
    assert found.rows.tolist() == [3]


def test_a_formula_counts_with_its_saved_value() -> None:
    content = workbook([NAMES, ["=1+1", 1]])
    saved = edited(content, SHEET, r"<f>1\+1</f><v\s*/?>(</v>)?", "<f>1+1</f><v>2</v>")
    assert read(saved).numbers.tolist() == [[2, 1]]
    of_text = edited(content, SHEET, r'<c r="A2"[^>]*><f>1\+1</f>', '<c r="A2" t="str"><f>""</f>')
    assert [each.message for each in read(of_text).problems] == ["The cell is empty"]


def test_a_formula_without_a_value_is_not_a_missing_one() -> None:
    columns = (NumberColumn("a", -1, 9, "", may_be_missing=True), PAIR[1])
    found = read(workbook([NAMES, ["=1+1", 1], [None, 1]]), None, columns)
    assert [(each.row, each.message) for each in found.problems] == [(2, UNSAVED_FORMULA)]
    assert found.rows.tolist() == [3]


def test_the_first_visible_sheet_is_read_or_the_chosen_one() -> None:
    sheets: dict[str, Any] = {"Notes": [["x"]], "May": [NAMES, [1, 2]], "June": [NAMES, [3, 4]]}
    content = workbook(sheets, hidden=["Notes"])
    table = open_table(content, PAIR)
    assert gathered(table.blocks()).numbers.tolist() == [[1, 2]]
    assert table.understood.sentence() == "Read as Excel: sheet May. Other sheets: June."
    assert read(content, "June").numbers.tolist() == [[3, 4]]
    with pytest.raises(InvalidInput, match=r"has no sheet July\. Its sheets: May, June\."):
        read(content, "July")
    with pytest.raises(InvalidInput, match="is no Excel workbook, so it has no sheet May"):
        read(b"a,b\n1,2\n", "May")


def test_ids_keep_their_form() -> None:
    columns = (*PAIR, TextColumn("id", may_be_whole=True))
    rows: list[Any] = [[*NAMES, "id"], [1, 2, 17], [1, 2, "0017"], [1, 2, 17.5], [1, 2, None]]
    assert read(workbook(rows), None, columns).texts["id"] == ["17", "0017", "17.5", ""]


def test_a_table_of_one_column_has_no_titles() -> None:
    (only,) = columns = (PAIR[0],)
    assert read(workbook([[only.name], [1], [2]]), None, columns).numbers.tolist() == [[1], [2]]


def test_training_describes_it_too(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(workbook([["price", "rooms"], [1.5, 3], [2, "many"]]))
    table = read_whole(tmp_path / "t.xlsx", ["price"])
    assert table.rows.tolist() == [2, 3]
    assert table.columns["rooms"].to_pylist() == ["3", "many"]
    assert table.understood.sentence() == "Read as Excel: sheet Sheet."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("mimetype", "is an OpenDocument file: save the sheet as .xlsx or CSV"),
        ("xl/workbook.bin", "is a binary workbook"),
        ("table.csv", "is a zip archive, not a workbook: unpack it first"),
        ("[Content_Types].xml", "is a zip archive, not a workbook"),
    ],
)
def test_other_archives_are_called_by_their_name(name: str, sentence: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(InvalidInput, match=sentence):
        read(stream.getvalue())


def test_a_bomb_is_refused_at_once() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _ in range(330):
                part.write(b" " * 1_000_000)
    started = time.perf_counter()
    with pytest.raises(InvalidInput, match="unpacks to more than 300 MB"):
        Source.of(stream.getvalue(), most_rows=100)
    assert time.perf_counter() - started < 1


def test_entities_that_grow_are_refused() -> None:
    names = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "ha">{names}]><worksheet>&e9;</worksheet>'
    content = edited(workbook([NAMES, [1, 2]]), SHEET, r"(?s)^.*$", bomb)
    started = time.perf_counter()
    with pytest.raises(InvalidInput, match="cannot be read as one"):
        read(content)
    assert time.perf_counter() - started < 5


def test_a_row_far_below_and_a_column_far_right_cost_nothing() -> None:
    content = edited(workbook([NAMES, [1, 2]]), SHEET, 'r="2"', 'r="999999999"')
    with pytest.raises(InvalidInput, match="no rows"):
        read(content)
    wide = workbook([NAMES, [1, 2, *[None] * 1_000, "x"]])
    (problem,) = read(wide).problems
    assert "1003 cells" in problem.message.replace(",", "")


def test_an_upload_with_too_many_rows_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_TITLES", 0)
    content = workbook([NAMES, *[[1, 2]] * 4])
    Source.of(content, most_rows=4)
    with pytest.raises(InvalidInput, match="has more than 3 rows"):
        Source.of(content, most_rows=3)


def test_nothing_is_left_behind() -> None:
    source = Source.of(workbook([NAMES, [1, 2]]))
    assert source.sheet is not None
    path = source.sheet.text
    assert path.exists()
    del source
    assert not path.exists()


WHOLE = workbook([NAMES, [1, 2], [3, "x"]])


@settings(max_examples=150)
@given(st.data())
def test_damage_is_one_sentence(data: st.DataObject) -> None:
    """Whatever a library raises over a broken workbook, a person reads a sentence."""
    place = data.draw(st.integers(4, len(WHOLE) - 1))
    cut = data.draw(st.booleans())
    damaged = (
        WHOLE[:place]
        if cut
        else WHOLE[:place] + data.draw(st.binary(min_size=1, max_size=4)) + WHOLE[place + 2 :]
    )
    _read_or_refuse(damaged)


@settings(max_examples=150)
@given(
    st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]), st.data()
)
def test_damaged_parts_are_one_sentence(part: str, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        text = archive.read(part)
    start = data.draw(st.integers(0, len(text)))
    end = start + data.draw(st.integers(1, 30))
    inserted = data.draw(st.text("<>/=\"'abcr1289 &;", max_size=6)).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(
                name, text[:start] + inserted + text[end:] if name == part else old.read(name)
            )
    _read_or_refuse(stream.getvalue())


def _read_or_refuse(content: bytes) -> None:
    with suppress(InvalidInput):
        read(content)
