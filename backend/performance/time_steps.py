"""Steps of a window for a course of time: round widths, few enough to be read."""

from datetime import timedelta

MOST_STEPS = 24
ROUND_STEPS_SECONDS = (
    *(10, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200),
    *(86_400, 7 * 86_400, 28 * 86_400),
)


def width_seconds(length: timedelta) -> int:
    """Return the smallest round width of which at most 24 fill a window.

    Examples
    --------
    >>> [width_seconds(timedelta(hours=hours)) for hours in (0.25, 1, 24, 24 * 7)]
    [60, 300, 3600, 43200]
    """
    seconds = length.total_seconds()
    fitting = (step for step in ROUND_STEPS_SECONDS if seconds / step <= MOST_STEPS)
    return next(fitting, ROUND_STEPS_SECONDS[-1])
