"""The worker processes: forked, watched, started again when they die, stopped together.

The parent does nothing else. It has one thread and opens nothing that a worker needs, so it can fork safely
at any time. Workers share its listening socket: while one of them hangs or starts, the others accept what
arrives, and while none can, connections wait in the kernel.
"""

import logging
import os
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from backend.workers.board import Board

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
LATE_SECONDS = 2.0
STOP_SECONDS = 5.0
START_SECONDS = 300.0
"""A worker may compile its model at its first start, which takes a minute on an idle machine."""
EARLY_DEATH_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 5.0
STOPPING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
WATCHED = {*STOPPING, signal.SIGCHLD}


@dataclass
class Worker:
    """One worker process, or the place of one that died; times are monotonic."""

    number: int
    pid: int | None = None
    started: float = 0.0
    start_again: float = 0.0
    early_deaths: int = 0


class WorkerPool:
    """A fixed number of worker processes.

    Parameters
    ----------
    work
        What a worker does until it is told to stop; called in the new process with the worker's number.
    workers
        How many.
    board
        Written by the workers.
    silence_seconds
        A worker whose last heartbeat is older is killed.
    stand_in
        Called in a process of its own, to answer until the first worker works.
    goes_on
        Asked at each look; if not, all workers are stopped.
    """

    def __init__(
        self,
        work: Callable[[int], None],
        workers: int,
        board: Board,
        silence_seconds: float,
        stand_in: Callable[[], None] | None = None,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> None:
        self._work = work
        self._stand_in = stand_in
        self._goes_on = goes_on
        self._stand_in_pid: int | None = None
        self._workers = [Worker(number) for number in range(workers)]
        self._board = board
        self._silence_seconds = silence_seconds
        self._looked = time.monotonic()
        self._counted_from = 0.0

    def run(self) -> None:
        """Keep the workers running until this process gets SIGTERM, SIGINT or SIGHUP, or must not go on."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        self._looked = time.monotonic()
        self.tend(self._looked)
        if self._stand_in is not None:
            self._stand_in_pid = os.fork() or self._be(self._stand_in)
        while True:
            arrived = signal.sigtimedwait(WATCHED, LOOK_SECONDS)
            if (arrived is not None and arrived.si_signo in STOPPING) or not self._goes_on():
                return self._stop()
            self.tend(time.monotonic())

    def tend(self, now: float) -> None:
        """Bury dead workers, kill silent ones, start what is due."""
        if now - self._looked > LATE_SECONDS:
            # The machine slept or was overloaded: the workers could not run either, and begin anew.
            self._counted_from = now
        self._looked = now
        for worker in self._workers:
            self._bury(worker, now)
            self._kill_silent(worker, now)
            if worker.pid is None and now >= worker.start_again:
                self._start(worker, now)
        self._dismiss_stand_in()

    def _start(self, worker: Worker, now: float) -> None:
        self._board.forget(worker.number)
        worker.started = now
        worker.pid = os.fork() or self._be(partial(self._work, worker.number))

    def _dismiss_stand_in(self) -> None:
        if self._stand_in_pid is None:
            return
        if os.waitpid(self._stand_in_pid, os.WNOHANG)[0]:
            self._stand_in_pid = None
        elif self._board.somebody_works():  # it ends by itself; told twice, it waits for no client
            os.kill(self._stand_in_pid, signal.SIGTERM)

    def _be(self, work: Callable[[], None]) -> int:
        status = 1
        try:
            for each in WATCHED:
                signal.signal(each, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
            work()
            status = 0
        except BaseException:  # noqa: BLE001  nothing may return into the parent's code
            traceback.print_exc()
        finally:
            os._exit(status)

    def _bury(self, worker: Worker, now: float) -> None:
        if worker.pid is None:
            return
        pid, status = os.waitpid(worker.pid, os.WNOHANG)
        if not pid:
            return
        early = now - worker.started < EARLY_DEATH_SECONDS
        worker.pid, worker.early_deaths = None, worker.early_deaths + 1 if early else 0
        pause = min(LONGEST_PAUSE_SECONDS, 2.0 ** (worker.early_deaths - 2)) if early else 0.0
        worker.start_again = now + pause
        logger.error(
            "Worker %d (process %d) ended (%s); it is started again in %g s.",
            worker.number + 1,
            pid,
            _cause(status),
            pause,
        )

    def _kill_silent(self, worker: Worker, now: float) -> None:
        if worker.pid is None:
            return
        last = self._board.last(worker.number)
        allowed = START_SECONDS if last is None else self._silence_seconds
        silent = now - max(worker.started if last is None else last, self._counted_from)
        if silent > allowed:
            logger.error(
                "Worker %d (process %d) has not answered for %.0f s; it is killed.",
                worker.number + 1,
                worker.pid,
                silent,
            )
            os.kill(worker.pid, signal.SIGKILL)

    def _stop(self) -> None:
        if self._stand_in_pid is not None:
            os.kill(self._stand_in_pid, signal.SIGKILL)
        for number in (signal.SIGTERM, signal.SIGKILL):
            for worker in self._workers:
                if worker.pid is not None:
                    os.kill(worker.pid, number)
            deadline = time.monotonic() + STOP_SECONDS
            while any(worker.pid is not None for worker in self._workers):
                self._bury_stopped()
                if time.monotonic() > deadline:
                    break
                signal.sigtimedwait({signal.SIGCHLD}, LOOK_SECONDS)

    def _bury_stopped(self) -> None:
        for worker in self._workers:
            with suppress(ChildProcessError):
                if worker.pid is not None and os.waitpid(worker.pid, os.WNOHANG)[0]:
                    worker.pid = None


def _cause(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"exit status {code}" if code >= 0 else signal.Signals(-code).name
