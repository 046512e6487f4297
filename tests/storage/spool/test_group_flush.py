"""Threads that wait for the disk share its flushes; one that fails is a refusal to all who waited."""

import errno
import os
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from storage.errors import SpoolUnavailable
from storage.settings import Settings
from storage.spool.segments import decode, segments
from storage.spool.spool import Spool
from tests.storage import records

THREADS, APPENDS = 8, 80


@pytest.fixture
def spool(settings: Settings) -> Spool:
    return Spool(settings.paths.spool, settings.spool.segment_bytes, "answer")


def _spooled(settings: Settings) -> list[str | None]:
    lines = [
        line for each in segments(settings.paths.spool) for line in each.read(0, 1 << 20).lines
    ]
    return [getattr(decode(line), "request_id", None) for line in lines]


def test_those_who_wait_share_a_flush(
    spool: Spool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.append([records.answer("first")])
    flushes: list[int] = []

    def slow(descriptor: int) -> None:
        flushes.append(descriptor)
        time.sleep(0.002)

    monkeypatch.setattr(os, "fsync", slow)
    with ThreadPoolExecutor(THREADS) as threads:
        list(
            threads.map(lambda number: spool.append([records.answer(str(number))]), range(APPENDS))
        )
    assert len(flushes) < APPENDS / 2
    assert len(_spooled(settings)) == APPENDS + 1


def test_what_does_not_wait_costs_no_flush(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.append([records.answer()])
    monkeypatch.setattr(os, "fsync", lambda _: pytest.fail("flushed"))
    spool.append([records.log()], waits=False)


def test_a_disk_that_fails_to_flush_refuses_all_who_waited(
    spool: Spool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[None] = []
    spool.on_refused = lambda: refused.append(None)
    spool.append([records.answer("before")])
    flush, waiting = os.fsync, ThreadPoolExecutor(1)

    def broken(descriptor: int) -> None:
        """The kernel tells one caller; who asks next is told that all is well."""
        monkeypatch.setattr(os, "fsync", flush)
        spool.append([records.answer("meanwhile")], waits=False)
        second.append(waiting.submit(spool.append, []))
        time.sleep(0.05)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    second: list[Future[None]] = []
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(SpoolUnavailable, match="Input/output error"):
        spool.append([records.answer("first")])
    with pytest.raises(SpoolUnavailable, match="Input/output error"):
        second[0].result()
    assert len(refused) == 2
    spool.append([records.answer("after")])
    assert len(list(segments(settings.paths.spool))) == 2  # what follows is in a file of its own
    waiting.shutdown()
