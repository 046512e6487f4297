"""What was sent and what became of it, counted by all sending threads together."""

import threading
from collections import deque
from dataclasses import dataclass, replace

SPEED_SECONDS = 5.0
"""Rows/s are those of this last while."""


@dataclass(frozen=True)
class Counts:
    """Requests and rows so far. ``failed_attempts`` were tried again, until answered or given up."""

    answered: int = 0
    answered_rows: int = 0
    refused: int = 0
    failed_attempts: int = 0
    given_up: int = 0
    left_out: int = 0
    labels: int = 0

    @property
    def sent(self) -> int:
        """Requests that have come to an end."""
        return self.answered + self.refused + self.given_up


class Tally:
    """Counts; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = Counts()
        self._recent: deque[tuple[float, int]] = deque()
        self._last_problem: str | None = None

    @property
    def counts(self) -> Counts:
        """The counts now."""
        return self._counts

    @property
    def last_problem(self) -> str | None:
        """What the last refusal or failure said."""
        return self._last_problem

    def answered(self, rows: int, now: float) -> None:
        """One request was answered; ``now`` in seconds of a clock that never goes back."""
        with self._lock:
            counts = self._counts
            self._counts = replace(
                counts, answered=counts.answered + 1, answered_rows=counts.answered_rows + rows
            )
            self._recent.append((now, rows))

    def refused(self, problem: str) -> None:
        """One request was refused; sending it again would not help."""
        self._add("refused", problem)

    def failed_attempt(self, problem: str) -> None:
        """Nothing answered, or the service was not able to; it will be tried again."""
        self._add("failed_attempts", problem)

    def given_up(self) -> None:
        """One request was tried often enough."""
        self._add("given_up", None)

    def left_out(self) -> None:
        """One request was too late to be sent."""
        self._add("left_out", None)

    def labelled(self, number: int) -> None:
        """Some prices were sent."""
        with self._lock:
            self._counts = replace(self._counts, labels=self._counts.labels + number)

    def label_problem(self, problem: str) -> None:
        """Some prices could not be sent now."""
        self._add("failed_attempts", f"labels: {problem}")

    def rows_per_second(self, now: float) -> float:
        """Return the answered rows/s of the last seconds."""
        with self._lock:
            while self._recent and self._recent[0][0] < now - SPEED_SECONDS:
                self._recent.popleft()
            return sum(rows for _, rows in self._recent) / SPEED_SECONDS

    def _add(self, field: str, problem: str | None) -> None:
        with self._lock:
            self._counts = replace(self._counts, **{field: getattr(self._counts, field) + 1})
            self._last_problem = problem or self._last_problem
