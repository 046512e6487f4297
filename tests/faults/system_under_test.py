"""The API and the log-writer as processes that a test kills, starts again and looks into."""

import json
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from backend.client import HousingClient
from storage.database.backlog import BacklogReader
from storage.database.connection import Database
from storage.schema.records import utc_now
from storage.schema.tables import predictions
from storage.settings import Settings
from storage.spool.segments import decode
from tests.backend.live_service import is_healthy, process_settings
from tests.system import (
    Program,
    children,
    clean_environment,
    running,
    started,
    started_cold,
    wait_for,
)

WORKERS = 3
DRAIN_SECONDS = 90.0
PATIENCE_SECONDS = 240.0
"""For a worker to serve a model: on a busy machine it loads slowly, and may have to compile first."""

# Root may write where the mode says no; without this right it may not, as any other user.
OBEYING_MODES = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


class LogWriterProcess:
    """The log-writer; its supervisor is the test."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self._environment = clean_environment(**process_settings(settings))
        self._log = log
        self._process: Program | None = None

    def start(self, prefix: Sequence[str] = ()) -> None:
        """Start it, optionally by another program."""
        told = "storage.log_writer", self._log, (), self._environment
        self._process = started_cold(*told, prefix) if prefix else started(*told)

    def kill(self) -> None:
        """End it with -9; it must have been alive."""
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text()[-2000:]
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """End it, if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)


class System:
    """The running system, and a look into what it recorded."""

    def __init__(self, settings: Settings, client: HousingClient, api: int, logs: Path) -> None:
        self.settings = settings
        self.client = client
        self.log_writer = LogWriterProcess(settings, logs / "log-writer.log")
        self._api = api
        self._backlog = BacklogReader(Database(settings.database_address), settings.paths)

    def workers(self) -> list[int]:
        """Return the ids of the API's worker processes."""
        return [pid for pid in children(self._api) if _is_worker(pid)]

    def backlog_bytes(self) -> int:
        """Return what waits in the spool."""
        return self._backlog.read(utc_now()).bytes

    def drained(self) -> float:
        """Wait until nothing waits in the spool; return for how many seconds."""
        begun = time.monotonic()
        wait_for(lambda: self.backlog_bytes() == 0, DRAIN_SECONDS, "a drained spool")
        return time.monotonic() - begun

    def stored(self) -> tuple[list[str], list[str]]:
        """Return prediction ids and request ids of all recorded predictions."""
        database = Database(self.settings.database_address)
        query = sa.select(predictions.c.prediction_id, predictions.c.request_id)
        with database.transaction() as connection:
            rows = connection.execute(query).all()
        database.close()
        return [row.prediction_id for row in rows], [row.request_id for row in rows]

    def good_lines_set_aside(self) -> int:
        """Return how many readable records were set aside: none should be."""
        files = self.settings.paths.rejected_records.glob("*")
        return sum(_is_readable(line) for file in files for line in file.read_bytes().splitlines())

    def lost_and_doubled(self, answered: Sequence[str]) -> tuple[int, int]:
        """Return how many answered predictions are not recorded, and how many more than once."""
        ids, requests = self.stored()
        lost = set(answered) - set(ids)
        doubled = len(ids) - len(set(ids)) + len(requests) - len(set(requests))
        return len(lost), doubled


@contextmanager
def running_system(settings: Settings, logs: Path, workers: int = WORKERS) -> Iterator[System]:
    """Run the API; the log-writer is up to the test."""
    told = process_settings(settings) | {"HOUSING_BACKEND_WORKERS": str(workers)}
    with (
        running("backend", logs / "api.log", **told) as api,
        HousingClient(
            settings.addresses.backend_url, process_settings(settings)["HOUSING_ADMIN_KEY"]
        ) as client,
    ):
        system = System(settings, client, api.pid, logs)
        try:
            wait_for(lambda: is_healthy(client), PATIENCE_SECONDS, "a healthy service")
            yield system
        finally:
            system.log_writer.end()


def report(capsys: pytest.CaptureFixture[str], figures: Mapping[str, Any]) -> None:
    """Print figures, whatever pytest captures."""
    with capsys.disabled():
        print("\n" + json.dumps(figures), flush=True)  # noqa: T201 - to the person who runs it


def kill_worker(pid: int) -> bool:
    """Kill with -9; False if it was gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _is_worker(pid: int) -> bool:
    try:
        return b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _is_readable(line: bytes) -> bool:
    try:
        decode(line)
    except ValueError:
        return False
    return True
