"""The runtime folder that a backup is restored into: nobody uses it, and what was in it is kept."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from storage.errors import BackupUnavailable
from storage.paths import RuntimePaths
from storage.process.atomic_files import flush_folder
from storage.process.kinds import kinds_by_lock
from storage.process.lock import only_process
from storage.schema.records import utc_now

STAGING = ".restoring"


class RestorePlace:
    """One runtime folder. If it is not empty, it is moved aside with ``replace``, and refused without."""

    def __init__(self, paths: RuntimePaths, *, replace: bool) -> None:
        self._paths = paths
        self._root = paths.root
        self._is_mount = self._root.is_mount()
        self._replace = replace

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep the processes of the system from using the folder.

        Raises
        ------
        AlreadyRunning
            If one of them uses it.
        BackupUnavailable
            If the folder is not empty.
        """
        with ExitStack() as stack:
            for lock, kind in kinds_by_lock(self._paths).items():
                if lock.exists():  # without its file, nobody holds it
                    stack.enter_context(only_process(lock, kind))
            if self._content() and not self._replace:
                raise BackupUnavailable(
                    f"{self._root} is not empty; add --replace to move what is in it aside, or set "
                    "HOUSING_RUNTIME_DIRECTORY to another folder."
                )
            if self._content() and self._is_mount:
                raise BackupUnavailable(
                    f"{self._root} is a mount and not empty, and cannot be moved aside; empty it first."
                )
            yield

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Provide an empty folder on the same disk; removed at the end unless it was put in place."""
        folder = (
            self._root / STAGING
            if self._is_mount
            else self._root.with_name(f"{self._root.name}.restoring")
        )
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put(self, staged: Path) -> Path | None:
        """Put a folder in place; return where what was there is now."""
        if self._is_mount:
            models = staged / self._paths.models.name
            for entry in sorted(staged.iterdir(), key=lambda each: each == models):
                entry.rename(self._root / entry.name)
            flush_folder(self._root)
            return None
        aside = None
        if self._content():
            aside = self._root.with_name(f"{self._root.name}-before-{utc_now():%Y%m%dT%H%M%SZ}")
            self._root.rename(aside)
        self._paths.table.unlink(missing_ok=True)  # the backup has its own
        staged.rename(self._root)  # over an empty folder, if there is one
        flush_folder(self._root.parent)
        return aside

    def _content(self) -> list[Path]:
        if not self._root.exists():
            return []
        # The note of the table is written by the start of any command, this one's too.
        nothing = (STAGING, "lost+found", self._paths.table.name)
        return [each for each in self._root.iterdir() if each.name not in nothing]
