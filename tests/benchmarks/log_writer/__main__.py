"""What logging costs: ``python -m tests.benchmarks.log_writer``.

Appends to a spool as the request path does, one record an answer, then lets a log-writer move it: once as a
long backlog, once as it comes under load, a little in each of two workers' files every 0.2 s. Nothing else is
simulated: real files, a real database, the default settings. Processor time, since the machine is shared.
"""

import storage.ctrl_c

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.database.connection import Database
from storage.domain.inputs import EXAMPLE
from storage.log_writer.writer import LogWriter
from storage.schema.records import new_id, utc_now
from storage.settings import Settings
from storage.spool.lines import Answered, Model, Predicted, answer_line
from storage.spool.spool import Spool
from tests.settings import changed

WORKERS = 2
MODEL = Model("HistGradientBoosting", "20261126T090000Z-abcdef")


@dataclass
class Bench:
    """A log-writer, its database, and the spools of the workers."""

    writer: LogWriter
    database: Database
    spools: list[Spool]


@contextmanager
def bench(database_url: str) -> Iterator[Bench]:
    """Make one in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        settings = changed(
            Settings(runtime_directory=Path(folder) / "runtime"), database_url=database_url
        )
        database = Database(settings.database_address, writable=True)
        database.migrate()
        writer = LogWriter(settings.paths, database, settings.log_writer.batch_bytes)
        segment_bytes = settings.spool.segment_bytes
        spools = [Spool(settings.paths.spool, segment_bytes) for _ in range(WORKERS)]
        yield Bench(writer, database, spools)
        for spool in spools:
            spool.close()
        writer.drain(utc_now())
        database.close()


def measure(database_url: str, requests: int, rate: int, pause_seconds: float) -> dict[str, Any]:
    """Return microseconds of processor time a request: appending, and moving in both ways."""
    with bench(database_url) as backlog:
        before = backlog.database.size_bytes()
        append = _processor_seconds(lambda: _append(backlog.spools, requests))
        started = time.perf_counter()
        move = _processor_seconds(lambda: backlog.writer.drain(utc_now()))
        elapsed = time.perf_counter() - started
        grown = backlog.database.size_bytes() - before
    with bench(database_url) as live:
        together = max(1, int(rate * pause_seconds))
        rounds = max(1, requests // together)
        under_load = sum(_one_round(live, together) for _ in range(rounds))
    return {
        "append_microseconds": _microseconds(append, requests),
        "move_backlog_microseconds": _microseconds(move, requests),
        "move_under_load_microseconds": _microseconds(under_load, rounds * together),
        "backlog_requests_per_second": round(requests / elapsed),
        "database_bytes_per_request": round(grown / requests),
    }


def _one_round(live: Bench, requests: int) -> float:
    _append(live.spools, requests)
    return _processor_seconds(lambda: live.writer.run_once(utc_now()))


def _append(spools: list[Spool], requests: int) -> None:
    """Log as many answers, by turns in each of the spools."""
    for number in range(requests):
        predicted = Predicted(new_id(), tuple(EXAMPLE.values()), 4.526, 4.1, 4.9 + number / 1e9)
        version = MODEL.model_version
        answered = Answered("/predict", "POST", 200, 0.0003, None, new_id(), version)
        line = answer_line(predicted, answered, utc_now(), MODEL)
        spools[number % len(spools)].append_lines(line)


def _processor_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _microseconds(seconds: float, requests: int) -> float:
    return round(seconds / requests * 1e6, 1)


def main() -> None:
    """Measure, print as JSON."""
    parser = argparse.ArgumentParser(description="Measure what logging costs.")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=int, default=3_000, help="requests/s of the second way")
    parser.add_argument("--database-url", default="", help="empty: SQLite in a temporary folder")
    options = parser.parse_args()
    pause_seconds = Settings().log_writer.poll_seconds
    for _ in range(options.rounds):
        measured = measure(options.database_url, options.requests, options.rate, pause_seconds)
        print(json.dumps(measured | {"load_average": round(os.getloadavg()[0], 1)}))


if __name__ == "__main__":
    main()
