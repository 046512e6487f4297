"""A slow report, read in a thread of its own, so that no page and no live block waits for it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from backend.client import ClientError, HousingClient

Answer = TypeVar("Answer")

BEING_READ = "Loading …"
"""In place of what is being read for the first time."""
FIRST_WAIT_SECONDS = 0.5
"""How long a page waits for the first answer: most arrive sooner, and the layout does not jump."""


class BackgroundReading(Generic[Answer]):
    """One call, repeated when its answer is old and a page needs it. Safe between threads.

    Parameters
    ----------
    client
        Used by the reading's own thread alone, and closed with it.
    ask
        The call.
    pause_seconds
        Age at which a good answer is refreshed; a failed call is repeated at the next look.
    """

    def __init__(
        self, client: HousingClient, ask: Callable[[HousingClient], Answer], pause_seconds: float
    ) -> None:
        self._client = client
        self._ask = ask
        self._pause_seconds = pause_seconds
        self._thread = ThreadPoolExecutor(1, "background-reading")
        self._lock = threading.Lock()
        self._running: Future[Answer] | None = None
        self._last: Future[Answer] | None = None
        self._answered_at = 0.0

    def look(self) -> Answer | None:
        """Return the newest answer at once, or None before there is one.

        Raises
        ------
        ClientError
            If the newest call failed.
        """
        with self._lock:
            self._take_over()
            if self._running is None and self._is_due():
                self._running = self._thread.submit(self._ask, self._client)
            first = self._running if self._last is None else None
        if first is None:
            return self._last.result() if self._last is not None else None
        wait([first], FIRST_WAIT_SECONDS)
        return first.result() if first.done() else None

    def close(self) -> None:
        """Make no more calls; a running one still ends."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _take_over(self) -> None:
        if self._running is not None and self._running.done():
            self._last, self._running = self._running, None
            self._answered_at = time.monotonic()

    def _is_due(self) -> bool:
        if self._last is None or self._last.exception() is not None:
            return True
        return time.monotonic() - self._answered_at >= self._pause_seconds


@dataclass(frozen=True)
class Look(Generic[Answer]):
    """What one look at a reading has shown: an answer, none yet, or why there is none."""

    found: Answer | None
    failure: ClientError | None = None

    @classmethod
    def at(cls, reading: BackgroundReading[Answer]) -> Self:
        """Look at a reading."""
        try:
            return cls(reading.look())
        except ClientError as failure:
            return cls(None, failure)

    def answer(self) -> Answer | None:
        """Return the answer; None while there is none.

        Raises
        ------
        ClientError
            If the newest call failed.
        """
        if self.failure is not None:
            raise self.failure
        return self.found
