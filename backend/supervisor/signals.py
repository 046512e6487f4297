"""Waiting for signals, ended children and output at once."""

import os
import select
import signal
from collections.abc import Iterable
from contextlib import suppress
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a stop by another program, and the closed terminal."""


class Signals:
    """The signals of this process: how often it was asked to stop, and a wait that each of them ends."""

    def __init__(self) -> None:
        self.stops = 0
        self._woken, waking = os.pipe()
        for descriptor in (self._woken, waking):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake up
        for number in STOPPING:
            # nohup asks for SIGHUP to be ignored.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._stop)

    def wait(self, descriptors: Iterable[int], seconds: float) -> None:
        """Wait for a signal, the end of a child, something to read, or until the time is over."""
        select.select([self._woken, *descriptors], [], [], max(seconds, 0.0))
        with suppress(BlockingIOError):
            os.read(self._woken, 4096)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stops += 1
