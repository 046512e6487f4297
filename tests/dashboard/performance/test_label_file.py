"""A file of actual values is read row by row, or refused in a sentence."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.performance.label_file import UnreadableFile, read_labels
from tests.storage.tables.excel.workbooks import workbook


def test_a_workbook_of_actual_values_is_read() -> None:
    found = read_labels(workbook([["reference", "actual"], [17, 4.2], [18, None], [19, 999999]]))
    assert [(item.reference, item.actual) for item in found.items] == [("17", 4.2)]
    assert (found.empty, [problem.row for problem in found.problems]) == (1, [4])


def test_a_file_may_name_the_callers_own_ids() -> None:
    found = read_labels(b"reference,actual\norder 17,4.2\n18,\n")
    assert [(item.reference, item.actual) for item in found.items] == [("order 17", 4.2)]
    both = read_labels(b"reference,prediction_id,actual\norder 17,a,4.2\n")
    assert [(item.prediction_id, item.reference) for item in both.items] == [("a", None)]
    with pytest.raises(UnreadableFile, match=r"no column actual\."):
        read_labels(b"reference\norder 17\n")
    with pytest.raises(UnreadableFile, match=r"no column prediction_id\."):
        read_labels(b"order,actual\n17,4.2\n")


def test_a_file_with_two_values_for_one_prediction_attaches_neither() -> None:
    """Which of them is right is not known: the first would count, or as a correction the last."""
    found = read_labels(b"prediction_id,actual\na,4.2\nb,1\na,4.3\nb,1.0\na,\n")
    assert [(item.prediction_id, item.actual) for item in found.items] == [("b", 1.0)] * 2
    assert found.empty == 1
    message = "Another row has another value for this prediction"
    assert [(each.row, each.message, each.value) for each in found.problems] == [
        (2, message, "4.2"),
        (4, message, "4.3"),
    ]


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    for whole in (content, b"prediction_id,actual\n" + content):
        with suppress(UnreadableFile):
            assert all(0 <= item.actual <= 100 for item in read_labels(whole).items)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_what_is_written_is_what_is_read(values: list[float]) -> None:
    lines = [f"{value!r},id{number}" for number, value in enumerate(values)]
    found = read_labels("\n".join(["actual, prediction_id", *lines]).encode())
    assert [item.actual for item in found.items] == values
