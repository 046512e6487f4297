"""Round steps of time: whoever looks when sees the same edges, on the clock of any zone."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.errors import InvalidInput
from storage.schema.time_steps import (
    DAY,
    FIRST_MONDAY,
    HOUR,
    MINUTE,
    ROUND_WIDTHS,
    SECOND,
    WEEK,
    TimeSteps,
    round_steps,
    round_width,
    zone_named,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    UTC,
    BERLIN,
    # Clocks put by half an hour, at midnight, by two hours, over a whole day; offsets of 45 minutes.
    *map(
        ZoneInfo,
        (
            *("Australia/Lord_Howe", "America/Santiago", "Antarctica/Troll", "Pacific/Apia"),
            *("Asia/Kathmandu", "Pacific/Chatham", "America/New_York", "Asia/Beirut"),
        ),
    ),
]
MICROSECOND = timedelta(microseconds=1)
SPRING, AUTUMN = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
"""When Berlin puts its clocks."""

moments = st.datetimes(
    *map(datetime.fromisoformat, ("2005-01-01", "2035-01-01")), timezones=st.just(UTC)
)
near_changes = st.sampled_from([SPRING, AUTUMN, datetime(2011, 12, 30, 10, tzinfo=UTC)]).flatmap(
    lambda change: st.timedeltas(-2 * DAY, 2 * DAY).map(lambda away: change + away)
)
looks = st.one_of(moments, near_changes)
zones = st.sampled_from(ZONES)
widths = st.sampled_from(ROUND_WIDTHS)
counts = st.floats(0.1, 40)


@given(until=looks, count=counts, width=widths, zone=zones)
@example(until=AUTUMN + HOUR, count=4, width=HOUR, zone=BERLIN)
@example(until=SPRING + HOUR, count=4, width=2 * HOUR, zone=BERLIN)
def test_steps_cover_the_window_without_gaps_and_with_no_step_too_many(
    until: datetime, count: float, width: timedelta, zone: tzinfo
) -> None:
    since = until - count * width
    found = TimeSteps.covering(since, until, width, zone)
    assert found.since <= since < found.edges[1]
    assert found.edges[-2] < until <= found.until
    lengths = [step.until - step.since for step in found.each()]
    assert min(lengths) > timedelta(0)
    if zone is UTC:
        assert set(lengths) == {width}


@given(until=looks, count=counts, width=widths, zone=zones)
def test_each_edge_is_a_round_time_on_the_clock_of_the_zone(
    until: datetime, count: float, width: timedelta, zone: tzinfo
) -> None:
    for edge in TimeSteps.covering(until - count * width, until, width, zone).edges:
        shown = edge.astimezone(zone)
        skipped = edge.astimezone(zone).utcoffset() != (edge - SECOND).astimezone(zone).utcoffset()
        assert skipped or not (shown.replace(tzinfo=None) - FIRST_MONDAY) % width
        if width in (DAY, WEEK) and not skipped:
            assert (shown.hour, shown.minute, shown.second) == (0, 0, 0)
            assert width == DAY or shown.weekday() == 0


@given(
    first=looks,
    later=st.timedeltas(timedelta(0), 2 * DAY),
    counts=st.tuples(counts, counts),
    width=widths,
    zone=zones,
)
def test_two_looks_cut_what_both_see_at_the_same_edges(
    first: datetime, later: timedelta, counts: tuple[float, float], width: timedelta, zone: tzinfo
) -> None:
    ends = (first, first + later)
    one, other = (
        TimeSteps.covering(end - count * width, end, width, zone)
        for end, count in zip(ends, counts, strict=True)
    )
    begin, end = max(one.since, other.since), min(one.until, other.until)
    seen = [{edge for edge in each.edges if begin <= edge <= end} for each in (one, other)]
    assert seen[0] == seen[1]


@given(until=looks, count=st.floats(1, 40), width=widths, zone=zones)
def test_a_moment_lies_in_the_step_that_begins_last_before_it(
    until: datetime, count: float, width: timedelta, zone: tzinfo
) -> None:
    since = until - count * width
    found = TimeSteps.covering(since, until, width, zone)
    seconds = np.linspace(0, (until - since).total_seconds() * 0.999, 9)
    places = found.places(seconds, since)
    for second, place in zip(seconds.tolist(), places.tolist(), strict=True):
        step, moment = found.each()[place], since + timedelta(seconds=second)
        assert step.since - MICROSECOND <= moment < step.until + MICROSECOND


def shown(found: TimeSteps, zone: tzinfo) -> list[str]:
    return [f"{edge.astimezone(zone):%d %H:%M}" for edge in found.edges]


def test_the_hour_that_clocks_show_twice_has_steps_of_its_own_both_times() -> None:
    found = TimeSteps.covering(AUTUMN - 2 * HOUR, AUTUMN + 2 * HOUR, HOUR, BERLIN)
    assert shown(found, BERLIN) == ["25 01:00", "25 02:00", "25 02:00", "25 03:00", "25 04:00"]


def test_days_of_23_and_25_hours_begin_at_midnight() -> None:
    for change, hours in ((SPRING, 23), (AUTUMN, 25)):
        found = TimeSteps.covering(change - DAY, change + DAY, DAY, BERLIN)
        assert {edge.astimezone(BERLIN).hour for edge in found.edges} == {0}
        assert [step.until - step.since for step in found.each()][1] == hours * HOUR


def test_a_skipped_time_is_the_moment_at_which_the_clock_goes_on() -> None:
    found = TimeSteps.covering(SPRING - 2 * HOUR, SPRING + 4 * HOUR, 2 * HOUR, BERLIN)
    assert shown(found, BERLIN) == ["29 00:00", "29 03:00", "29 04:00", "29 06:00", "29 08:00"]


@pytest.mark.parametrize(
    ("window", "about", "width"),
    [
        (SECOND, 72, 10 * SECOND),
        (15 * MINUTE, 72, 10 * SECOND),
        (HOUR, 72, MINUTE),
        (DAY, 72, 15 * MINUTE),
        (7 * DAY, 72, 2 * HOUR),
        (90 * DAY, 72, DAY),
        (DAY, 24, HOUR),
        (30 * DAY, 24, DAY),
        (5 * MINUTE, 12, 30 * SECOND),
        (7 * DAY, 12, 12 * HOUR),
        (3_650 * DAY, 24, 4 * WEEK),
    ],
)
def test_the_round_width_nearest_to_the_wanted_number_is_chosen(
    window: timedelta, about: int, width: timedelta
) -> None:
    assert round_width(window, about) == width


def test_a_running_step_is_unfinished_and_one_that_just_ended_is_not() -> None:
    noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
    for end, unfinished in ((noon, False), (noon + SECOND, True)):
        found = round_steps(noon - DAY, end, 24)
        assert [step.is_unfinished(end) for step in found.each()] == [
            *(False for _ in range(24)),
            *(True for _ in range(len(found.edges) - 25)),
        ]
        assert found.each()[-1].is_unfinished(end) is unfinished


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars",
        "Europe",
        "europe/berlin ",
        "../../etc/passwd",
        "/etc/localtime",
        "\x00",
        "ä",
        "x" * 300,
    ],
)
def test_a_zone_that_does_not_exist_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(InvalidInput, match="There is no time zone"):
        zone_named(name)


def test_a_zone_of_the_database_is_found() -> None:
    assert zone_named("Europe/Berlin") == BERLIN
