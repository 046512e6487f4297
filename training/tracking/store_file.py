"""MLflow's store in a SQLite file: built beside its place and then renamed, so it is whole or missing.

MLflow itself creates the tables step by step in place; killed half-way, it never starts again.
"""

import fcntl
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mlflow.exceptions import MlflowException

from storage.process.atomic_files import flush_folder
from storage.schema.records import new_suffix, utc_now

logger = logging.getLogger(__name__)

DRAFT = "unfinished-"
LOCK_SECONDS = 60.0
"""How long another process may take to build the store."""
LOCK_POLL_SECONDS = 0.05
BUSY_SECONDS = 3.0
RECORDS = ("experiments", "runs", "registered_models")
"""Tables that say whether anything was recorded; MLflow's last step is the first row of the first one."""


class StoreFile:
    """The file of one store; any number of processes may ask for it at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def make(self, create: Callable[[Path], None]) -> None:
        """Have ``create`` build the store, unless it is there.

        A half-built store without records is moved aside.

        Raises
        ------
        mlflow.exceptions.MlflowException
            If a store with records is half-built, the file is damaged or locked, or another process builds
            the store for too long.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if self._path.is_file() and self._path.stat().st_size and not self._is_whole():
                self._move_aside()
            if not self._path.exists() or (self._path.is_file() and not self._path.stat().st_size):
                self._build(create)

    def _is_whole(self) -> bool:
        """Whether MLflow finished it; a store of another version is whole too, and MLflow says what to do."""
        rows = self._rows()
        if rows["experiments"]:
            return True
        if any(rows.values()):
            raise MlflowException(
                f"its store {self._path} is half-built but has records: restore a backup, or move it away"
            )
        return False

    def _rows(self) -> dict[str, int]:
        try:
            # Writable, so that SQLite can undo what a killed process left half-written.
            address = f"{self._path.absolute().as_uri()}?mode=rw"
            with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as connection:
                tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
                return {
                    table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
                    if table in tables
                    else 0
                    for table in RECORDS
                }
        except sqlite3.OperationalError as error:
            raise MlflowException(f"its store {self._path} cannot be read: {error}") from error
        except sqlite3.DatabaseError as error:
            raise MlflowException(
                f"its store {self._path} is damaged ({error}): move it away or restore a backup"
            ) from error

    def _move_aside(self) -> None:
        aside = self._path.with_name(f"{self._path.stem}-half-built-{utc_now():%Y%m%dT%H%M%SZ}.db")
        self._path.rename(aside)
        logger.warning(
            "MLflow's store was half-built and had no records; it is built anew, and the old file is %s.",
            aside.name,
        )

    def _build(self, create: Callable[[Path], None]) -> None:
        for left in self._path.parent.glob(f"{DRAFT}*"):
            left.unlink()
        # A new name each time: MLflow keeps connections by address for as long as the process lives.
        draft = self._path.with_name(f"{DRAFT}{new_suffix()}{new_suffix()}.db")
        create(draft)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(self._path)
        flush_folder(self._path.parent)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._path.parent / "store.lock").open("wb") as lock:
            deadline = time.monotonic() + LOCK_SECONDS
            while not _taken(lock.fileno()):
                if time.monotonic() > deadline:
                    raise MlflowException(
                        f"another process has been building its store {self._path} for {LOCK_SECONDS:g} s"
                    )
                time.sleep(LOCK_POLL_SECONDS)
            yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
