"""The widths of the steps in which requests are counted, and how long they are kept.

A long range is read from wide steps, so it costs little more than a short one.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Resolution:
    """One width of steps, which begin at whole multiples of it since 1970, and their retention."""

    seconds: int
    kept: timedelta


RESOLUTIONS = (
    Resolution(10, timedelta(days=1)),
    Resolution(60, timedelta(days=8)),
    Resolution(600, timedelta(days=90)),
)
"""Finest first; each width is a multiple of the one before."""

MOST_STEPS = 1_000
"""Most steps of one summary."""

SLOWEST_RESOLUTIONS = (Resolution(60, timedelta(days=1)), Resolution(600, timedelta(days=8)))
"""Resolutions of the lists of slowest requests: a long range reads few long steps."""

SLOWEST_KEPT = 20
"""Requests kept for one step and endpoint."""


def resolution_for(step_seconds: int) -> Resolution:
    """Return the widest resolution of which a step is a whole multiple.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> [resolution_for(step).seconds for step in (10, 50, 300, 7_200)]
    [10, 10, 60, 600]
    """
    for resolution in reversed(RESOLUTIONS):
        if step_seconds and step_seconds % resolution.seconds == 0:
            return resolution
    raise ValueError(f"A step is a whole multiple of {RESOLUTIONS[0].seconds} s.")
