"""Counts of requests and their outcomes, shared by all sending threads."""

import threading
from collections import deque
from dataclasses import dataclass, replace

SPEED_SECONDS = 5.0
"""Seconds over which rows/s are averaged."""


@dataclass(frozen=True)
class Counts:
    """Requests and rows so far. ``failed_attempts`` were retried until answered or given up."""

    answered: int = 0
    answered_rows: int = 0
    refused: int = 0
    failed_attempts: int = 0
    given_up: int = 0
    left_out: int = 0
    labels: int = 0

    @property
    def sent(self) -> int:
        """Requests that have ended."""
        return self.answered + self.refused + self.given_up


class Tally:
    """Thread-safe counters."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = Counts()
        self._recent: deque[tuple[float, int]] = deque()
        self._last_problem: str | None = None

    @property
    def counts(self) -> Counts:
        """The current counts."""
        return self._counts

    @property
    def last_problem(self) -> str | None:
        """The message of the last refusal or failure."""
        return self._last_problem

    def answered(self, rows: int, now: float) -> None:
        """One request was answered; ``now`` in seconds of a monotonic clock."""
        with self._lock:
            counts = self._counts
            self._counts = replace(
                counts, answered=counts.answered + 1, answered_rows=counts.answered_rows + rows
            )
            self._recent.append((now, rows))

    def refused(self, problem: str) -> None:
        """One request was refused; a retry would not help."""
        self._add("refused", problem)

    def failed_attempt(self, problem: str) -> None:
        """One attempt failed; it will be retried."""
        self._add("failed_attempts", problem)

    def given_up(self) -> None:
        """One request was given up after its last retry."""
        self._add("given_up", None)

    def left_out(self) -> None:
        """One request was skipped because it was too late."""
        self._add("left_out", None)

    def labelled(self, number: int) -> None:
        """Some values were sent."""
        with self._lock:
            self._counts = replace(self._counts, labels=self._counts.labels + number)

    def label_problem(self, problem: str) -> None:
        """Some values could not be sent yet."""
        self._add("failed_attempts", f"labels: {problem}")

    def rows_per_second(self, now: float) -> float:
        """Return the answered rows/s of the last few seconds."""
        with self._lock:
            while self._recent and self._recent[0][0] < now - SPEED_SECONDS:
                self._recent.popleft()
            return sum(rows for _, rows in self._recent) / SPEED_SECONDS

    def _add(self, field: str, problem: str | None) -> None:
        with self._lock:
            self._counts = replace(self._counts, **{field: getattr(self._counts, field) + 1})
            self._last_problem = problem or self._last_problem
