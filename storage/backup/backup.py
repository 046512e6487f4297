"""A backup of a runtime folder, made while the system runs, verified, and whole or not there at all.

What changes by being replaced is taken first, each with the lock of those who change it: the queue, the
champion pointer and what follows it, the audit log. So the positions of shadow and watch are never ahead of
the database, and what they repeat is stored once. Then comes one moment of all records
(``storage/backup/moment.py``), and last what never changes once it is there: versions, artifacts.
"""

import io
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage.audit.trail import AuditTrail
from storage.backup.copying import copy_file, copy_stream, entry_of, files_below, flush_folders
from storage.backup.disk_errors import disk_errors_in_words
from storage.backup.display import Display
from storage.backup.manifest import DUMP, MANIFEST, RUNTIME, BackupManifest, FileEntry
from storage.backup.moment import Moment, recorded_moment
from storage.backup.place import BackupPlace
from storage.backup.postgresql_dump import dump
from storage.backup.sqlite_copy import copy_sqlite, copy_sqlite_file
from storage.database.backlog import moment_of
from storage.database.connection import Database
from storage.database.files import names
from storage.errors import BackupUnavailable
from storage.models.store import ModelStore
from storage.paths import RuntimePaths
from storage.process.lock import exclusive, in_turn, only_process
from storage.schema.tables import api_metrics, logs, predictions
from storage.settings import Settings
from storage.version import VERSION

NOT_KEPT = ("processes", "prometheus", "spool")
"""Folders of what only running processes mean, and the spool, which is copied with the database."""


class Backup:
    """One backup into ``place``. Keys are left out unless ``with_keys``."""

    def __init__(
        self, settings: Settings, place: BackupPlace, *, with_keys: bool = False, shown: Display
    ) -> None:
        self._settings = settings
        self._paths = settings.paths
        self._place = place
        self._with_keys = with_keys
        self._shown = shown
        self._files: dict[str, FileEntry] = {}
        self._folder = place.partial
        self._copied = RuntimePaths(place.partial / RUNTIME)

    def run(self) -> BackupManifest:
        """Make it, verify it, and give it its name.

        Raises
        ------
        HousingError
            If it could not be made; nothing of it is left, and what was there before is unchanged.
        """
        with (
            only_process(self._paths.backup_lock, "backup"),
            self._place.draft(),
            disk_errors_in_words("The backup could not be written", "Nothing of it is left."),
        ):
            self._copy_what_is_replaced()
            manifest = self._copy_records()
            self._copy_the_rest()
            manifest = self._verified(manifest)
            with (self._folder / MANIFEST).open("xb") as stream:
                stream.write(manifest.model_dump_json(indent=2).encode())
                os.fsync(stream.fileno())
            flush_folders(self._folder)
            self._place.finish()
        return manifest

    def _copy_what_is_replaced(self) -> None:
        self._shown.begin("Queue, champion and audit log")
        paths = self._paths
        with exclusive(paths.queue_lock):
            self._copy_below(paths.triggers)
        with exclusive(paths.champion_lock):
            self._copy_below(paths.data)
            self._copy_below(paths.models, lambda path: path.parts[0] == paths.versions.name)
        with in_turn(paths.audit_lock):
            self._copy_below(paths.audit_log.parent)

    def _copy_records(self) -> BackupManifest:
        """Copy database and spool of one moment; return what is known of the backup by then."""
        database = Database(self._settings.database_address)
        try:
            with recorded_moment(database, self._paths) as moment:
                self._shown.begin("Database")
                rows = self._copy_database(moment.connection)
                newest = _newest(moment.connection)
                self._shown.begin("Spool")
                waiting, last = self._copy_spool(moment)
        finally:
            database.close()
        audit = AuditTrail(self._copied).verify()
        return BackupManifest(
            service_version=VERSION,
            created_at=moment.at,
            host=socket.gethostname(),
            dialect=database.dialect,
            rows=rows,
            waiting_records=waiting,
            newest_record_at=max(filter(None, (newest, last)), default=None),
            audit=audit.end,
            audit_problem=audit.problem,
            champion=None,
            files={},
        )

    def _copy_database(self, connection: sa.Connection) -> dict[str, int]:
        if connection.dialect.name == "postgresql":
            target = self._folder / DUMP
            rows = dump(connection, self._settings.database_address, target)
        else:
            target = self._copied.database
            driver: Any = connection.connection.dbapi_connection
            rows = copy_sqlite(driver, target, self._shown)
        self._note(target, entry_of(target))
        return rows

    def _copy_spool(self, moment: Moment) -> tuple[int, datetime | None]:
        """Copy the spool; return how many records the database lacks, and the newest one's time."""
        waiting, newest = 0, None
        for name, stream in moment.spool.items():
            content = stream.read()
            whole = content[: content.rfind(b"\n") + 1]  # the next record may be half written
            lines = whole[moment.positions.get(name, 0) :].splitlines()
            waiting += len(lines)
            last = moment_of(lines[-1]) if lines else None
            newest = max(filter(None, (newest, last)), default=None)
            target = self._copied.spool / name
            self._note(target, copy_stream(io.BytesIO(whole), target))
        for name, stream in moment.rejected.items():
            target = self._copied.rejected_records / name
            self._note(target, copy_stream(stream, target))
        return waiting, newest

    def _copy_the_rest(self) -> None:
        self._shown.begin("Model versions, reports and MLflow's runs")
        store = self._paths.mlflow_store
        if store.exists():
            target = self._copied.mlflow_store
            copy_sqlite_file(store, target, self._shown)
            self._note(target, entry_of(target))
        own = {*names(store)}
        address = sa.make_url(self._settings.database_address)
        if address.get_backend_name() == "sqlite":
            path = Path(str(address.database)).absolute()
            own |= {*names(path), path.with_name(f"{path.name}-opened")}
        if not self._with_keys:
            own.add(self._paths.keys)

        def left_out(path: Path) -> bool:
            return path.parts[0] in NOT_KEPT or self._paths.root / path in own

        self._copy_below(self._paths.root, left_out)
        self._copy_below(self._paths.tables)  # after the versions, for one published meanwhile

    def _copy_below(self, folder: Path, left_out: Callable[[Path], bool] = lambda _: False) -> None:
        """Copy the files of a folder that are not copied yet; what vanishes meanwhile was temporary."""

        def is_left_out(path: Path) -> bool:
            return path.name.startswith(".") or path.suffix == ".lock" or left_out(path)

        for path in files_below(folder, is_left_out):
            target = self._copied.root / (folder / path).relative_to(self._paths.root)
            if str(target.relative_to(self._folder)) not in self._files:
                with suppress(FileNotFoundError):
                    self._note(target, copy_file(folder / path, target))

    def _note(self, target: Path, entry: FileEntry) -> None:
        self._files[str(target.relative_to(self._folder))] = entry

    def _verified(self, manifest: BackupManifest) -> BackupManifest:
        """Read every file of the copy again; return the complete manifest."""
        self._shown.begin("Verifying")
        for number, (name, entry) in enumerate(self._files.items(), 1):
            if entry_of(self._folder / name) != entry:
                raise BackupUnavailable(f"{name} was not copied correctly; check the disk.")
            self._shown.advance(number, len(self._files))
        return manifest.model_copy(update={"champion": self._champion(), "files": self._files})

    def _champion(self) -> str | None:
        if not self._copied.champion_pointer.exists():
            return None
        store = ModelStore(self._copied)
        version = store.champion().version
        store.verify(version)
        return version


def _newest(connection: sa.Connection) -> datetime | None:
    times = (
        connection.execute(sa.select(sa.func.max(table.c.timestamp))).scalar_one()
        for table in (predictions, api_metrics, logs)
    )
    return max(filter(None, times), default=None)
