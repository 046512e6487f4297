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


def run_until_stopped(
    step: Callable[[datetime], object], pause_seconds: float, duration_seconds: float | None = None
) -> None:
    """Call ``step(now)`` again and again until SIGTERM or SIGINT, or until the duration is over.

    There is no pause after a step that returns True: it has more to do.

    An expected error is logged once and the step is retried after the pause: a process survives the others
    being down. An unexpected one is a defect and ends the process, so that its supervisor notices.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    last_problem = ""
    ends = math.inf if duration_seconds is None else time.monotonic() + duration_seconds
    while not stop.is_set():
        problem, more = _attempt(step)
        if problem and problem != last_problem:
            logger.warning("%s", problem)
        if last_problem and not problem:
            logger.info("Working again.")
        last_problem = problem
        pause = 0.0 if more else pause_seconds
        if time.monotonic() + pause >= ends:
            break
        stop.wait(pause)


def _attempt(step: Callable[[datetime], object]) -> tuple[str, bool]:
    """Return the error message (empty if none) and whether there is more to do at once."""
    try:
        return "", step(utc_now()) is True
    except HousingError as error:
        return str(error), False
