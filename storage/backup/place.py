"""Where a backup goes: written beside its place, which it takes when it is whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.backup.manifest import MANIFEST, RUNTIME
from storage.errors import BackupUnavailable
from storage.process.atomic_files import flush_folder


class BackupPlace:
    """The folder of a backup to be made; an earlier backup is replaced only if ``replace``.

    Raises
    ------
    BackupUnavailable
        If something else is there, or the folder is part of what is to be backed up.
    """

    def __init__(self, target: Path, runtime: Path, *, replace: bool = False) -> None:
        self._target = target.absolute()
        self.partial = self._target.with_name(f"{self._target.name}.partial")
        self._replace = replace
        resolved, source = self._target.resolve(), runtime.resolve()
        if not source.is_dir():
            raise BackupUnavailable(
                f"There is no runtime folder {runtime}; set HOUSING_RUNTIME_DIRECTORY."
            )
        if source in (resolved, *resolved.parents) or resolved in source.parents:
            raise BackupUnavailable(
                f"A backup must be outside the runtime folder {runtime}; best on another disk."
            )
        self._refuse_what_is_there()

    @contextmanager
    def draft(self) -> Iterator[None]:
        """Provide the folder ``partial``, empty; it is removed at the end unless it was finished."""
        self._remove_partial()
        try:
            (self.partial / RUNTIME).mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise BackupUnavailable(
                f"{self.partial} cannot be created ({error.strerror})."
            ) from error
        self.partial.chmod(0o700)
        try:
            yield
        finally:
            shutil.rmtree(self.partial, ignore_errors=True)

    def finish(self) -> None:
        """Give the folder its name, in place of an earlier backup if there is one."""
        earlier = self._target.with_name(f"{self._target.name}.earlier")
        if self._target.exists():
            self._target.rename(earlier)
        self.partial.rename(self._target)
        flush_folder(self._target.parent)
        shutil.rmtree(earlier, ignore_errors=True)

    def _refuse_what_is_there(self) -> None:
        if not self._target.exists():
            return
        if not (self._target / MANIFEST).is_file():
            raise BackupUnavailable(
                f"{self._target} is there and not a backup; choose another name."
            )
        if not self._replace:
            raise BackupUnavailable(
                f"{self._target} is a backup already; choose another name, or add --replace."
            )

    def _remove_partial(self) -> None:
        """Remove what a killed backup left; anything else of this name is not touched."""
        if not self.partial.exists():
            return
        if not (self.partial / RUNTIME).is_dir():
            raise BackupUnavailable(f"{self.partial} is in the way and not from a backup; move it.")
        shutil.rmtree(self.partial, ignore_errors=True)
