"""The range of time that a person writes: what is understood, what is refused, how it grows and moves."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.timeline.time_range import InvalidRange, TimeRange, range_of, written_time

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TIMES = st.integers(0, 50_000_000).map(lambda seconds: NOON - timedelta(hours=2, seconds=seconds))


@given(since=TIMES, seconds=st.integers(10, 90 * 86_400))
def test_what_was_written_means_what_it_was_written_from(since: datetime, seconds: int) -> None:
    until = min(since + timedelta(seconds=seconds), NOON)
    found = range_of(written_time(since), written_time(until), UTC, NOON)
    assert found.bounds(NOON) == (since, until)


def test_times_are_of_the_zone_unless_they_name_their_own() -> None:
    found = range_of(
        "2026-11-30 11:00", "2026-11-30T11:30:00+00:00", ZoneInfo("Europe/Berlin"), NOON
    )
    assert found.bounds(NOON) == (NOON - 2 * HOUR, NOON - HOUR / 2)


def test_without_an_end_it_goes_on() -> None:
    found = range_of("2026-11-30 11:00", " ", UTC, NOON)
    assert found == TimeRange(HOUR)
    assert found.bounds(NOON + HOUR) == (NOON, NOON + HOUR)


@pytest.mark.parametrize(
    ("begin", "end", "said"),
    [
        ("yesterday", "", "Write times such as"),
        ("", "2026-11-30 10:00", "Write times such as"),
        ("2026-11-30 13:00", "", "begins in the future"),
        ("2026-11-30 11:00", "2026-11-30 10:00", "at least 10 s after"),
        ("2026-11-30 11:00", "2026-11-30 11:00:05", "at least 10 s after"),
    ],
)
def test_what_is_no_range_is_refused_in_a_sentence(begin: str, end: str, said: str) -> None:
    with pytest.raises(InvalidRange, match=said):
        range_of(begin, end, UTC, NOON)


def test_a_wider_range_is_twice_as_long_and_ends_now_at_the_latest() -> None:
    since, until = TimeRange(HOUR, NOON - 3 * HOUR).wider(NOON)
    assert (since, until) == (NOON - 4.5 * HOUR, NOON - 2.5 * HOUR)
    assert TimeRange(HOUR).wider(NOON) == (NOON - 2 * HOUR, NOON)


def test_the_range_before_ends_where_this_one_begins() -> None:
    assert TimeRange(HOUR).before(NOON) == TimeRange(HOUR, NOON - HOUR)
