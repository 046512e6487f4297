"""A CSV file is read as the contract wants it: usable rows apart from problems by row and column."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.definition import PRESETS
from backend.contract.predictions import FEATURE_NAMES
from dashboard.batch import file as batch_file
from dashboard.batch.file import UnusableFile, read_batch, template
from storage.tables import referred
from storage.tables.number import NOT_FINITE

HEADER = ",".join(FEATURE_NAMES)
GOOD = "8.3,41,6.9,1.02,322,2.5,37.88,-122.23"


def test_the_template_is_a_usable_file() -> None:
    file = read_batch("template.csv", template().encode())
    assert not file.problems
    np.testing.assert_array_equal(file.inputs, [district.inputs for district in PRESETS])
    assert file.instances(1, 3) == [district.features for district in PRESETS[1:3]]


def test_problems_name_row_and_column() -> None:
    lines = [GOOD, GOOD.replace("41", "old"), "1,2", "", GOOD.replace("37.88", "12"), f"{GOOD},9"]
    lines += [GOOD.replace("8.3,41", ",nan"), GOOD.replace("322", " 3.2e2 "), "1e309" + GOOD[3:]]
    file = _read(lines)
    assert file.total == 8
    assert file.rows.tolist() == [2, 9]
    assert file.inputs[1, 4] == 320
    assert [(each.row, each.column, each.message, each.value) for each in file.problems] == [
        (3, "HouseAge", "Not a number", "old"),
        (4, "", "The row has 2 cells where 8 columns are named", "1,2"),
        (6, "Latitude", "Less than the minimum, 32 (unit: degrees north)", "12"),
        (7, "", "The row has 9 cells where 8 columns are named", f"{GOOD},9"),
        (8, "MedInc", "The cell is empty", ""),
        (8, "HouseAge", NOT_FINITE, "nan"),
        (10, "MedInc", "Too large for a number", "1e309"),
    ]


def test_columns_may_come_in_any_order() -> None:
    names, cells = HEADER.split(","), GOOD.split(",")
    text = f"{','.join(reversed(names))}\n{','.join(reversed(cells))}\n"
    file = read_batch("a.csv", b"\xef\xbb\xbf" + text.encode())
    assert file.inputs.tolist() == [[float(cell) for cell in cells]]


def test_the_definitions_identifier_comes_before_a_column_of_that_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [f"{HEADER},reference,vin", f"{GOOD},a,b", f"{GOOD},c,"]
    content = "\n".join(lines).encode()
    assert read_batch("a.csv", content).references == ["a", "c"]
    monkeypatch.setattr(referred, "NAMES", ("vin", "reference"))
    file = read_batch("a.csv", content)
    assert (file.references, file.understood.kept) == (["b", None], ("reference",))
    assert _read([GOOD]).references is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (f"{HEADER}\n\n".encode(), "no rows"),
        (b"MedInc,HouseAge\n1,2\n", "no column AveRooms, AveBedrms"),
        (f"{HEADER},MedInc\n{GOOD},1\n".encode(), "more than one column MedInc"),
        (bytes(range(256)), "not text in UTF-8"),
        (f'{HEADER}\n"1'.encode(), "double quote in line 2"),
    ],
)
def test_an_unusable_file_is_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(UnusableFile, match=sentence):
        read_batch("a.csv", content)


def test_a_file_that_is_too_large_leads_to_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_file, "MOST_ROWS", 3)
    assert _read([GOOD] * 3).total == 3
    with pytest.raises(UnusableFile, match=r"more than 3 rows.*backend\.score"):
        _read([GOOD] * 4)
    monkeypatch.setattr(batch_file, "MOST_MEGABYTES", 0)
    with pytest.raises(UnusableFile, match=r"larger than.*backend\.score"):
        _read([GOOD])


@given(st.lists(st.lists(st.text(), min_size=1, max_size=9), min_size=1, max_size=5))
def test_every_row_is_usable_or_has_a_problem(table: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows(table)
    try:
        file = read_batch("a.csv", f"{HEADER}\n{stream.getvalue()}".encode(errors="replace"))
    except UnusableFile:
        return
    refused = {problem.row for problem in file.problems}
    assert len(refused | set(file.rows.tolist())) == file.total
    assert not refused & set(file.rows.tolist())


def _read(lines: list[str]) -> batch_file.BatchFile:
    return read_batch("a.csv", ("\n".join([HEADER, *lines]) + "\n").encode())
