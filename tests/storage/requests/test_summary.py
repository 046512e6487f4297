"""The width of a step that nobody asked for."""

from datetime import timedelta

import pytest

from storage.requests.summary import USUAL_STEPS
from storage.schema.rollup import (
    RESOLUTIONS,
    ROUND_STEPS_SECONDS,
    resolution_for,
    round_step_seconds,
)


@pytest.mark.parametrize("seconds", ROUND_STEPS_SECONDS)
def test_requests_are_counted_at_each_round_step_for_as_long_as_it_is_chosen(seconds: int) -> None:
    """Else the window of a page would be refused, or read from finer counts than it needs."""
    longest = min(timedelta(seconds=seconds * USUAL_STEPS), RESOLUTIONS[-1].kept)
    assert resolution_for(seconds).kept >= longest


@pytest.mark.parametrize(
    ("window", "most_steps", "seconds"),
    [
        (timedelta(seconds=1), 100, 10),
        (timedelta(hours=24), 100, 1_200),
        (timedelta(days=10), 100, 10_800),
        (timedelta(days=90), 100, 86_400),
        (timedelta(hours=6), 24, 1_200),
        (timedelta(days=30), 24, 7 * 86_400),
        (timedelta(days=3_650), 24, 28 * 86_400),
    ],
)
def test_the_smallest_round_step_that_fits_is_chosen(
    window: timedelta, most_steps: int, seconds: int
) -> None:
    assert round_step_seconds(window, most_steps) == seconds
