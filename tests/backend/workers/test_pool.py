"""The pool's step, with times that the test gives: who is killed, who is started again and when."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from backend.workers.board import Board
from backend.workers.pool import LONGEST_PAUSE_SECONDS, START_SECONDS, WorkerPool
from tests.system import children, wait_for

SILENCE_SECONDS = 8.0
OTHERS: set[int] = set()
"""Children of this process that it had before, such as the training that all tests share."""


@pytest.fixture
def board() -> Board:
    return Board(1)


@pytest.fixture
def pool(board: Board) -> Iterator[WorkerPool]:
    """One worker that does nothing but live."""
    OTHERS.update(children(os.getpid()))
    pool = WorkerPool(lambda _: time.sleep(60), 1, board, SILENCE_SECONDS)
    yield pool
    for pid in _workers():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    OTHERS.clear()


def test_a_silent_worker_is_killed_and_replaced(pool: WorkerPool, board: Board) -> None:
    now = time.monotonic()
    pool.tend(now)
    (first,) = _workers()
    board.beat(0, 0)
    for step in range(20):
        pool.tend(now + step / 2)
    wait_for(lambda: first not in _workers(), what="the end of the silent worker")
    pool.tend(now + 10.5)
    (second,) = _workers()
    assert second != first


def test_a_worker_that_is_starting_has_longer(pool: WorkerPool) -> None:
    now = time.monotonic()
    pool.tend(now)
    before = _workers()
    for step in range(int(START_SECONDS)):
        pool.tend(now + step)
    with pytest.raises(AssertionError, match="in vain"):
        wait_for(lambda: _workers() != before, 0.3, "another worker")


def test_time_in_which_the_parent_did_not_run_counts_for_nobody(
    pool: WorkerPool, board: Board
) -> None:
    now = time.monotonic()
    pool.tend(now)
    board.beat(0, 0)
    before = _workers()
    for seconds in (3600, 3600.5, 3601):
        pool.tend(now + seconds)
    with pytest.raises(AssertionError, match="in vain"):
        wait_for(lambda: _workers() != before, 0.3, "another worker")


def test_a_worker_that_dies_at_once_is_started_after_growing_pauses(pool: WorkerPool) -> None:
    now, pauses = time.monotonic(), []
    for _ in range(7):
        pool.tend(now)
        (pid,) = _workers()
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not _workers(), what="its end")
        died = now
        pool.tend(died)
        while not _workers():
            now += 0.25
            pool.tend(now)
        pauses.append(now - died)
    assert pauses == [0.5, 1.0, 2.0, 4.0, *[LONGEST_PAUSE_SECONDS] * 3]


def _workers() -> list[int]:
    return [pid for pid in children(os.getpid()) if pid not in OTHERS]
