"""How fast the log-writer moves records: ``python -m tests.benchmarks.log_writer``.

Fills a spool as the request path does, one prediction and one request row for each answer, then lets a
log-writer drain it. Nothing else is simulated: real files, a real database, the default settings.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from storage.database import Database
from storage.log_writer import LogWriter
from storage.schema.records import PredictionRecord, RequestRecord, new_id, utc_now
from storage.settings import Settings
from storage.spool import Spool
from tests.storage import records

REQUESTS_IN_ONE_GO = 500


def measure(settings: Settings, requests: int) -> dict[str, Any]:
    """Return records/s and processor time a record, of the log-writer alone."""
    fill(settings, requests)
    database = Database(settings.database_address, writable=True)
    database.migrate()
    writer = LogWriter(settings.paths, database, settings.log_writer_batch_bytes)
    wall, processor = time.perf_counter(), time.process_time()
    report = writer.drain(utc_now())
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    size = database.size_bytes()
    database.close()
    return {
        "records": report.records,
        "records_per_second": round(report.records / wall),
        "processor_microseconds_per_record": round(processor / report.records * 1e6, 1),
        "database_bytes_per_record": round(size / report.records),
    }


def fill(settings: Settings, requests: int) -> None:
    """Append a prediction and a request row for each request, and let go of the segment."""
    spool = Spool(settings.paths.spool, settings.spool_segment_bytes)
    for start in range(0, requests, REQUESTS_IN_ONE_GO):
        number = min(REQUESTS_IN_ONE_GO, requests - start)
        spool.append(record for _ in range(number) for record in _one_answer())
    spool.close()


def _one_answer() -> tuple[PredictionRecord, RequestRecord]:
    request_id = new_id()
    row = records.request().model_copy(update={"request_id": request_id})
    return records.prediction(request_id), row


def main() -> None:
    """Measure, print as JSON."""
    parser = argparse.ArgumentParser(description="Measure the log-writer's throughput.")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database-url", default="", help="empty: SQLite in a temporary folder")
    options = parser.parse_args()
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(
                runtime_directory=Path(folder) / "runtime", database_url=options.database_url
            )
            measured = measure(settings, options.requests)
        print(json.dumps(measured | {"load_average": round(os.getloadavg()[0], 1)}))


if __name__ == "__main__":
    main()
