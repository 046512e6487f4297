"""The main loop of a process: repeat one step, pause, survive errors, stop at once on a signal."""

import logging
import math
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime

from storage.errors import HousingError
from storage.schema.records import utc_now

logger = logging.getLogger(__name__)

REMINDER_SECONDS = 60.0


def run_until_stopped(
    step: Callable[[datetime], object], pause_seconds: float, duration_seconds: float | None = None
) -> None:
    """Call ``step(now)`` again and again until SIGTERM or SIGINT, or until the duration is over.

    There is no pause after a step that returns True: it has more to do.

    An expected error is logged, once a minute while it lasts, and the step is retried after the pause: a
    process survives the others being down. An unexpected one is a defect and ends the process, so that its
    supervisor notices.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    told = ToldProblems()
    ends = math.inf if duration_seconds is None else time.monotonic() + duration_seconds
    while not stop.is_set():
        problem, more = _attempt(step)
        told.tell(problem, time.monotonic())
        pause = 0.0 if more else pause_seconds
        if time.monotonic() + pause >= ends:
            break
        stop.wait(pause)


class ToldProblems:
    """Logs problems of a step that is repeated: each when it is new and then once a minute, and their end."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def tell(self, problem: str, seconds: float) -> None:
        """Log the problem, if it is due, of the step at this time; empty: it went well."""
        if not problem:
            if self._told:
                logger.info("Working again.")
            self._told.clear()
        elif seconds - self._told.get(problem, -math.inf) >= REMINDER_SECONDS:
            self._told = {
                text: at for text, at in self._told.items() if seconds - at < REMINDER_SECONDS
            }
            self._told[problem] = seconds
            logger.warning("%s", problem)


def _attempt(step: Callable[[datetime], object]) -> tuple[str, bool]:
    """Return the error message (empty if none) and whether there is more to do at once."""
    try:
        return "", step(utc_now()) is True
    except HousingError as error:
        return str(error), False
