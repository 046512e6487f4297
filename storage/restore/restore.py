"""Restoring a backup: checked as a whole, written beside, verified again, then put in place.

The folder gets its name by one rename. Where it is a mount, which cannot be renamed, its content is written
to ``.restoring`` in it and moved up one by one, the models last: what was killed half-way serves nothing.
"""

from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa

from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail
from storage.backup.copying import copy_file, entry_of, flush_folders
from storage.backup.disk_errors import disk_errors_in_words
from storage.backup.display import Display
from storage.backup.manifest import DUMP, RUNTIME, BackupManifest, read_manifest
from storage.backup.postgresql_dump import restore_dump
from storage.backup.postgresql_dump import row_counts as postgresql_row_counts
from storage.backup.sqlite_copy import row_counts, unchanging
from storage.database.connection import Database
from storage.errors import BackupUnavailable
from storage.paths import RuntimePaths
from storage.restore.place import RestorePlace
from storage.settings import Settings

COMMAND_LINE = "command line"


class Restore:
    """The restoration of one backup; ``replace``: what is in the runtime folder is moved aside."""

    def __init__(self, settings: Settings, source: Path, *, replace: bool, shown: Display) -> None:
        self._settings = settings
        self._source = source
        self._shown = shown
        self._place = RestorePlace(settings.paths, replace=replace)
        self.moved_aside: Path | None = None
        """Where what was there before is now."""

    def run(self) -> BackupManifest:
        """Restore it, verified, and return what it was.

        Raises
        ------
        HousingError
            If it is damaged, cannot be written, or its place is in use or not empty; that is unchanged.
        """
        with disk_errors_in_words("The backup could not be restored"), ExitStack() as stack:
            manifest = read_manifest(self._source)
            self._refuse_another_database(manifest)
            stack.enter_context(self._place.alone())
            self._check(manifest)
            staged = stack.enter_context(self._place.staging())
            self._copy(manifest, staged)
            self._verify(manifest, RuntimePaths(staged))
            if manifest.dialect == "postgresql":
                self._restore_postgresql(manifest)
            self.moved_aside = self._place.put(staged)
        act = AuditAct(
            actor=COMMAND_LINE,
            action="restore",
            subject=manifest.created_at.isoformat(),
            figures={"host": manifest.host, "rows": sum(manifest.rows.values())},
        )
        AuditTrail(self._settings.paths).record(act)
        return manifest

    def _refuse_another_database(self, manifest: BackupManifest) -> None:
        address = sa.make_url(self._settings.database_address)
        if address.get_backend_name() != manifest.dialect:
            raise BackupUnavailable(
                f"The backup's log database is {manifest.dialect}, and HOUSING_DATABASE_URL means "
                f"{address.get_backend_name()}; change that setting."
            )
        own = self._settings.paths.database
        if manifest.dialect == "sqlite" and Path(str(address.database)).absolute() != own:
            raise BackupUnavailable(
                "HOUSING_DATABASE_URL names another file than the runtime folder's; restore without it, then "
                f"move {own} there."
            )

    def _check(self, manifest: BackupManifest) -> None:
        self._shown.begin("Checking the backup")
        for number, (name, entry) in enumerate(manifest.files.items(), 1):
            path = self._source / name
            if ".." in Path(name).parts or not path.is_file() or entry_of(path) != entry:
                raise BackupUnavailable(
                    f"{path} is missing or not as it was when the backup was made; use another backup."
                )
            self._shown.advance(number, len(manifest.files))

    def _copy(self, manifest: BackupManifest, staged: Path) -> None:
        self._shown.begin("Copying")
        inside = {name: entry for name, entry in manifest.files.items() if name != DUMP}
        for number, (name, entry) in enumerate(inside.items(), 1):
            target = staged / Path(name).relative_to(RUNTIME)
            if copy_file(self._source / name, target) != entry:
                raise BackupUnavailable(f"{name} could not be copied correctly; check the disk.")
            self._shown.advance(number, len(inside))
        flush_folders(staged)

    def _verify(self, manifest: BackupManifest, staged: RuntimePaths) -> None:
        self._shown.begin("Verifying")
        if manifest.dialect == "sqlite":
            with unchanging(staged.database) as connection:
                _compare(row_counts(connection), manifest)
        audit = AuditTrail(staged).verify()
        if (audit.end, audit.problem) != (manifest.audit, manifest.audit_problem):
            raise BackupUnavailable(
                f"The backup's audit log does not verify ({audit.problem or 'it ends elsewhere'})."
            )

    def _restore_postgresql(self, manifest: BackupManifest) -> None:
        self._shown.begin("Database")
        database = Database(self._settings.database_address)
        try:
            with database.transaction() as connection:
                if sa.inspect(connection).get_table_names():
                    raise BackupUnavailable(
                        "The PostgreSQL database is not empty; create an empty one, and name it in "
                        "HOUSING_DATABASE_URL."
                    )
            restore_dump(self._settings.database_address, self._source / DUMP)
            with database.transaction() as connection:
                _compare(postgresql_row_counts(connection), manifest)
        finally:
            database.close()


def _compare(found: dict[str, int], manifest: BackupManifest) -> None:
    if found != manifest.rows:
        raise BackupUnavailable("The restored database has other numbers of rows than the backup.")
