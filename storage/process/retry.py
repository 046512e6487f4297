"""Retrying later: after growing pauses, with each problem logged once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=10)
"""A server that is down takes seconds to time out, and other work waits meanwhile."""
LONGEST_PAUSE = timedelta(minutes=1)


@dataclass
class Retry:
    """When to retry something that failed. Each failure in a row doubles the pause, up to a minute.

    Examples
    --------
    >>> retry, noon = Retry(), datetime(2026, 1, 1, 12)
    >>> retry.failed(noon, "It is away."), retry.is_due(noon), retry.is_due(noon + FIRST_PAUSE)
    (True, False, True)
    >>> retry.failed(noon, "It is away."), retry.is_due(noon + FIRST_PAUSE)
    (False, False)
    >>> retry.succeeded()
    >>> retry.is_due(noon)
    True
    """

    _failures: int = 0
    _due: datetime | None = None
    _problem: str = ""

    def is_due(self, now: datetime) -> bool:
        """Whether the pause is over; always true without a failure."""
        return self._due is None or now >= self._due

    def failed(self, now: datetime, problem: str) -> bool:
        """Begin a pause; return whether the problem differs from the previous one."""
        is_news = problem != self._problem
        pause = min(FIRST_PAUSE * 2**self._failures, LONGEST_PAUSE)
        # After the longest pause is reached there is no need to count.
        self._failures += pause < LONGEST_PAUSE
        self._due, self._problem = now + pause, problem
        return is_news

    def succeeded(self) -> None:
        """Forget the failures."""
        self._failures, self._due, self._problem = 0, None, ""
