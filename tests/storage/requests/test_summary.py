"""The range of a summary: its steps, their width if nobody asked for one, and how finely counts are read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.errors import InvalidInput, StateConflict
from storage.requests.summary import USUAL_STEPS, Range
from storage.schema.rollup import RESOLUTIONS, resolution_for
from storage.schema.time_steps import ROUND_WIDTHS, round_width

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("minutes", [1, 15, 20, 60, 61, 360, 1_440, 1_441, 11_520, 11_521, 129_600])
def test_requests_are_counted_at_the_round_step_of_a_window_for_as_long(minutes: int) -> None:
    """Else the window of a page would be refused."""
    window = timedelta(minutes=minutes)
    step = round_width(window, USUAL_STEPS)
    assert resolution_for(int(step.total_seconds())).kept >= window


@pytest.mark.parametrize("width", ROUND_WIDTHS)
def test_a_chart_is_no_further_from_the_usual_number_of_steps_than_a_person_would_mind(
    width: timedelta,
) -> None:
    window = min(width * USUAL_STEPS, RESOLUTIONS[-1].kept)
    assert 40 <= window / round_width(window, USUAL_STEPS) <= 130


@pytest.mark.parametrize(
    ("window", "step", "said"),
    [
        (HOUR, timedelta(seconds=15), "whole multiple of 10s"),
        (timedelta(days=7), timedelta(seconds=10), "60,480 such steps; ask for 1,000 at most"),
        (timedelta(days=2), timedelta(seconds=590), "whole multiple of that"),
        (timedelta(days=91), None, "kept for 90 d"),
        (timedelta(minutes=5), HOUR, "longer than the window"),
    ],
)
def test_a_range_that_cannot_be_answered_is_refused_with_a_reason(
    window: timedelta, step: timedelta | None, said: str
) -> None:
    with pytest.raises((InvalidInput, StateConflict), match=said):
        Range.before(NOON, window, step)


@pytest.mark.parametrize("minutes", [1, 15, 60, 360, 1_440, 10_080, 129_600])
def test_a_range_has_not_too_many_steps_by_itself(minutes: int) -> None:
    window = timedelta(minutes=minutes)
    chosen = Range.before(NOON + timedelta(seconds=3), window, None)
    assert 5 < len(chosen.steps.each()) <= 102
    assert chosen.steps.since <= NOON + timedelta(seconds=3) - window
    assert chosen.steps.until > NOON + timedelta(seconds=3)


@pytest.mark.parametrize(
    ("days_ago", "seconds"), [(0.5, 10), (3, 60), (20, 600)], ids=["today", "this week", "before"]
)
def test_an_earlier_range_has_steps_as_fine_as_counts_are_still_kept(
    days_ago: float, seconds: int
) -> None:
    until = NOON - timedelta(days=days_ago)
    chosen = Range.before(NOON, timedelta(minutes=15), None, until=until)
    assert chosen.resolution.seconds == chosen.steps.step_seconds == seconds
    assert chosen.steps.until - until < chosen.steps.width
    assert not any(step.is_unfinished(chosen.now) for step in chosen.steps.each())


def test_a_range_ends_now_at_the_latest() -> None:
    now = Range.before(NOON, HOUR, None)
    later = Range.before(NOON, 2 * HOUR, now.steps.width, until=NOON + HOUR)
    assert later.steps == now.steps
    with pytest.raises(StateConflict, match="begins in the future"):
        Range.before(NOON, HOUR, None, until=NOON + 2 * HOUR)


def test_this_moment_is_part_of_a_range_but_no_step_that_has_not_begun() -> None:
    last = Range.before(NOON, HOUR, None).steps.each()[-1]
    assert (last.since, last.is_unfinished(NOON)) == (NOON, True)
    just_before = NOON - timedelta(seconds=0.5)
    *finished, running = Range.before(just_before, HOUR, None).steps.each()
    assert running.is_unfinished(just_before)
    assert not any(step.is_unfinished(just_before) for step in finished)


@pytest.mark.parametrize(
    ("zone", "days", "seconds"),
    [("Europe/Berlin", 2, 600), ("Asia/Kathmandu", 2, 60), ("Asia/Kathmandu", 60, 600)],
)
def test_counts_are_read_as_finely_as_the_round_times_of_a_zone_need(
    zone: str, days: int, seconds: int
) -> None:
    chosen = Range.before(NOON, timedelta(days=days), None, ZoneInfo(zone))
    assert chosen.resolution.seconds == seconds
