"""CSV as a spreadsheet saves it: rows without content, and what it makes of numbers."""

import pytest

from storage.errors import InvalidInput
from storage.tables.number import A_DATE, FAILED_FORMULA, TRUE_OR_FALSE, UNSAVED_FORMULA
from tests.storage.tables.test_csv_file import messages, read


@pytest.mark.parametrize("end", ["\n\n", "\n,,\n", "\n,,\n,,\n\n , ,\n", "\n,,", '\n"","",""\n'])
def test_rows_without_content_at_the_end_are_no_rows(end: str) -> None:
    found = read(f"a,b,c\n1,2,x{end}")
    assert (found.rows.tolist(), found.problems, found.read) == ([2], (), 1)


def test_a_row_without_content_between_others_is_a_problem() -> None:
    assert messages("a,b,c\n,,\n1,2,x\n,,\n3,4,x\n,,\n") == [
        (2, "", "The row is empty"),
        (4, "", "The row is empty"),
    ]


def test_a_file_with_only_empty_rows_has_no_rows() -> None:
    with pytest.raises(InvalidInput, match="has a header but no rows"):
        read("a,b\n,\n,\n")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("2024-05-04", A_DATE),
        ("12:30", A_DATE),
        ("TRUE", TRUE_OR_FALSE),
        ("#REF!", FAILED_FORMULA),
        ("=B2*2", UNSAVED_FORMULA),
    ],
)
def test_what_a_spreadsheet_makes_of_a_number_is_said(cell: str, message: str) -> None:
    assert messages(f"a,b\n{cell},1\n") == [(2, "a", message)]
