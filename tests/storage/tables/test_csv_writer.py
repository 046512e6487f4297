"""What is written is read again exactly, and a spreadsheet runs none of it."""

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.tables.csv_writer import FORMULA_STARTS, as_text, csv_text

SIGNED_NUMBER = re.compile(r"[+-](\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


@example([(0.0, "-0.", None)])
@given(st.lists(st.tuples(st.floats(allow_nan=False), st.text(), st.none()), max_size=5))
def test_numbers_stay_and_text_is_no_formula(rows: list[tuple[float, str, None]]) -> None:
    text = csv_text(["number", "text", "nothing"], rows)
    _, *read = csv.reader(io.StringIO(text, newline=""))
    assert [float(cells[0]) for cells in read] == [row[0] for row in rows]
    for cells, row in zip(read, rows, strict=True):
        assert not cells[1].startswith(FORMULA_STARTS) or SIGNED_NUMBER.fullmatch(cells[1])
        assert cells[1].removeprefix("'") == row[1].removeprefix("'")
        assert cells[2] == ""


def test_a_formula_is_escaped_and_a_negative_number_is_not() -> None:
    rows = [(-122.23, '=HYPERLINK("http://x")'), (1.0, "-1"), (2.0, "@SUM(A1)"), (3.0, "+1+1")]
    assert csv_text(["a", "b"], rows).split("\r\n") == [
        "a,b",
        '-122.23,"\'=HYPERLINK(""http://x"")"',
        "1.0,-1",
        "2.0,'@SUM(A1)",
        "3.0,'+1+1",
        "",
    ]


@pytest.mark.parametrize("text", ["\uff1d1+1", " =1+1", "\u00a0@SUM(A1)", "\n=1", "\t-x", "-1+1"])
def test_no_disguise_runs(text: str) -> None:
    assert as_text(text) == f"'{text}"
