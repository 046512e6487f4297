"""Since when a column is beyond its expected range: every order of steps."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.contract.drift.timeline import TimelinePoint
from backend.drift.onset import onset_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def timeline(drawn: str) -> list[TimelinePoint]:
    """Return steps of an hour: ``-`` within the range, ``+`` beyond it, a space with too few rows.

    After ``|`` comes the running one.
    """
    over, _, running = drawn.partition("|")
    return [
        TimelinePoint(
            since=NOON + place * HOUR,
            until=NOON + (place + 1) * HOUR,
            unfinished=place == len(over),
            n_samples=100,
            ks_statistic=None if mark == " " else 0.2 if mark == "+" else 0.02,
            threshold=None if mark == " " else 0.1,
            beyond=None if mark == " " else mark == "+",
            drift_share=None,
        )
        for place, mark in enumerate(over + running)
    ]


@pytest.mark.parametrize(
    ("drawn", "first_beyond", "last_within", "last_beyond"),
    [
        ("", None, None, None),
        ("   ", None, None, None),
        ("----", None, None, None),
        ("--++", 2, 1, 3),
        ("-+-+", 3, 2, 3),
        ("++++", 0, None, 3),
        ("  +++", 2, None, 4),
        ("-  + + ", 3, 0, 5),
        ("-++-", None, None, 2),
        ("--++|+", 2, 1, 4),
        ("--++|-", 2, 1, 3),
        ("--++| ", 2, 1, 3),
        ("----|+", 4, 3, 4),
        ("----|-", None, None, None),
        ("|-", None, None, None),
        ("|+", 0, None, 0),
    ],
)
def test_the_first_step_beyond_and_the_last_before_it_are_found(
    drawn: str, first_beyond: int | None, last_within: int | None, last_beyond: int | None
) -> None:
    found = onset_of(timeline(drawn))
    assert (found.first_beyond, found.last_within, found.last_beyond) == tuple(
        None if place is None else NOON + place * HOUR
        for place in (first_beyond, last_within, last_beyond)
    )
    marks = drawn.replace("|", "")
    assert (found.steps, found.steps_beyond) == (len(marks), marks.count("+"))
    assert found.steps_compared == len(marks) - marks.count(" ")
