"""Files that went wrong once: each is read rightly, or refused with what was seen, by every caller."""

from pathlib import Path

import pytest

from storage.domain.inputs import EXAMPLE
from tests.storage.tables.callers import by_console, by_labels, by_scoring

CASES = Path(__file__).parent / "cases"
ROW = list(EXAMPLE.values())
BUSY = [*ROW[:4], 1322.0, *ROW[5:]]


@pytest.mark.parametrize(
    ("name", "rows", "values"),
    [
        ("semicolon", [2], [ROW]),
        ("tab", [2], [ROW]),
        ("thousands", [2], [BUSY]),
        ("bom", [2], [ROW]),
        ("trailing_comma", [2], [ROW]),
        ("header_newline", [3, 4, 5], [ROW] * 3),
        ("ls", [2, 3, 4], [ROW] * 3),
        ("nbsp", [2], [ROW]),
        ("blank_lines", [5], [ROW]),
    ],
)
def test_a_file_is_read_with_the_rows_that_its_editor_shows(
    name: str, rows: list[int], values: list[list[float]]
) -> None:
    path = CASES / f"{name}.csv"
    assert by_scoring(path) == {"rows": rows, "values": values, "problems": [], "read": len(rows)}
    assert by_console(path) == by_scoring(path)


@pytest.mark.parametrize("read", [by_scoring, by_console])
def test_a_quote_that_stays_open_is_refused_with_its_line(read: object) -> None:
    assert callable(read)
    assert "double quote in line 4" in read(CASES / "unclosed.csv")["refused"]


def test_labels_are_read_or_refused_by_row() -> None:
    found = by_labels((CASES / "labels_decimal_comma.csv").read_bytes())
    assert found["values"] == {}
    assert [problem[:3] for problem in found["problems"]] == [
        (row, "", "The row has 3 cells where 2 columns are named") for row in (2, 3)
    ]
    found = by_labels((CASES / "labels_underscore.csv").read_bytes())
    assert found["values"] == {}
    assert found["problems"] == [(2, "actual", "Not a number: remove the underscore", "4_2")]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("labels_open_quote", "double quote in line 2"),
        ("labels_dup_column", "more than one column actual"),
    ],
)
def test_a_file_of_labels_is_refused_with_what_was_seen(name: str, sentence: str) -> None:
    assert sentence in by_labels((CASES / f"{name}.csv").read_bytes())["refused"]
