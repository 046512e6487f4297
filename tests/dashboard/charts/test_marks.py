"""Marks of what happened on a chart of time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.charts.marks import Mark, with_marks
from dashboard.wording.moment import on_axis

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPTION: dict[str, Any] = {"series": [{"type": "line", "name": "p50"}]}


def lines(*marks: Mark) -> list[tuple[str, str]]:
    option = with_marks(OPTION, marks, NOON, NOON + HOUR)
    *others, of_marks = option["series"]
    assert others == OPTION["series"]
    assert "name" not in of_marks, "the legend would list it"
    return [(line["name"], line["xAxis"]) for line in of_marks["markLine"]["data"]]


def at(minutes: float, letter: str = "A") -> Mark:
    return Mark(NOON + timedelta(minutes=minutes), letter, "red")


def test_each_kind_has_its_letter_where_it_happened() -> None:
    assert lines(at(30, "P"), at(10)) == [
        ("A", on_axis(NOON + HOUR / 6)),
        ("P", on_axis(NOON + HOUR / 2)),
    ]


def test_those_of_one_kind_close_together_are_one_with_their_number() -> None:
    assert [name for name, _ in lines(at(10), at(10.5), at(11), at(10.2, "C"), at(40))] == [
        "A 3",
        "A",
        "C",
    ]


def test_what_is_beyond_the_axis_is_not_drawn() -> None:
    assert with_marks(OPTION, [at(-1), at(61)], NOON, NOON + HOUR) is OPTION
