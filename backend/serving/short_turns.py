"""Runs long work in short turns, so that requests are answered in between."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

TURN_SECONDS = 0.001
PAUSE_SECONDS = 0.003
"""Length of a pause: time for one or two answers."""
SWITCH_SECONDS = 0.00005
"""Longest time that answers wait for the interpreter; Python's default of 5 ms exceeds their duration."""


@contextmanager
def short_turns(pause: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Let this thread pause after each millisecond of work, at its next call of a function.

    Python's profiling hook is called at every function call, in any code. Machine code that runs longer
    releases the interpreter lock itself, or was changed to do so.

    Parameters
    ----------
    pause
        Called with the seconds to wait.
    """
    usual, begun = sys.getswitchinterval(), time.perf_counter()

    def look_up(*_: Any) -> None:
        nonlocal begun
        if time.perf_counter() - begun > TURN_SECONDS:
            pause(PAUSE_SECONDS)
            begun = time.perf_counter()

    sys.setswitchinterval(SWITCH_SECONDS)
    sys.setprofile(look_up)
    try:
        yield
    finally:
        sys.setprofile(None)
        sys.setswitchinterval(usual)
