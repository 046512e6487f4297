"""Long work beside answers, in turns as short as an answer is."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

TURN_SECONDS = 0.001
PAUSE_SECONDS = 0.003
"""In it one or two answers are given that have the interpreter to themselves."""
SWITCH_SECONDS = 0.00005
"""Longest that answers wait for the interpreter in a turn; Python's own 5 ms is longer than they take."""


@contextmanager
def short_turns(pause: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Let this thread pause after each millisecond of work, at its next call of a function.

    The profiling hook is how Python lets a thread look up between calls, whoever wrote them. What runs longer
    in machine code gives the interpreter away by itself, or was changed to do so.

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
