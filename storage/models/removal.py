"""Removing versions that nobody needs: beyond a number, the oldest; never what serves or may serve again."""

import logging
import shutil
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from storage.errors import ModelIntegrityError
from storage.models.removed import RemovedVersion
from storage.models.store import DRAFT, ModelStore
from storage.models.tables import KeptTables
from storage.models.way_back import WayBack
from storage.paths import RuntimePaths
from storage.process.atomic_files import flush_folder, make_folder
from storage.process.lock import ClaimLock
from storage.schema.manifest import ModelManifest

logger = logging.getLogger(__name__)

WAY_BACK_KEPT = 5
"""Versions to which rollbacks in a row lead that stay, however old they are."""
DRAFT_SECONDS = 86_400.0
"""Age of a folder that is still being written, above which nobody writes to it any more."""
ASIDE = ".removed"
"""Ends the name of a folder that is being removed; names that begin with a dot are no versions."""


class VersionRemoval:
    """Removes versions of one runtime folder, at most once at a time and never during a backup.

    Parameters
    ----------
    most
        Newest versions that stay; 0: all of them.
    """

    def __init__(self, paths: RuntimePaths, most: int) -> None:
        self._paths = paths
        self._most = most
        self._store = ModelStore(paths)

    def run(self, now: datetime, also_stay: Collection[str] = ()) -> tuple[RemovedVersion, ...]:
        """Remove what is too much; return it, for the log and the audit.

        Parameters
        ----------
        also_stay
            Further versions that must stay, such as the challenger in the shadow.

        Raises
        ------
        ModelIntegrityError
            If it is not known what must stay; nothing is removed.
        PointerUnavailable
            If the lock of the pointer cannot be taken.
        """
        if not self._most or not self._paths.versions.is_dir():
            return ()
        # A backup copies the versions last, on the promise that they stay.
        make_folder(self._paths.backup_lock.parent)
        lock = ClaimLock.take(self._paths.backup_lock)
        if lock is None:
            return ()
        try:
            return self._run(now, also_stay)
        finally:
            lock.release()

    def _run(self, now: datetime, also_stay: Collection[str]) -> tuple[RemovedVersion, ...]:
        with self._store.pointer_stays():
            stay = must_stay(self._store.way_back(), self._pinned(), also_stay)
            entries = [
                RemovedVersion.of(manifest, now)
                for manifest in too_many(self._store.versions(), stay, self._most)
            ]
            if entries:
                self._store.removed.keep(entries)  # first: a folder that is gone must be listed
            for entry in entries:
                folder = self._store.folder(entry.version)
                folder.rename(folder.with_name(f".{entry.version}{ASIDE}"))
                flush_folder(folder.parent)
            self._remove_unused_tables(now)
        self._delete(now)
        return tuple(entries)

    def _pinned(self) -> frozenset[str]:
        try:
            return self._store.removed.pinned()
        except (OSError, ValueError) as error:
            raise ModelIntegrityError(
                f"{self._paths.pinned_versions.name} cannot be read, so no version is removed; pin again "
                "with `python -m training.versions`, or remove the file."
            ) from error

    def _remove_unused_tables(self, now: datetime) -> None:
        readable, unreadable = self._store.inventory()
        if unreadable:
            return  # what they learned from is not known, and they may be mended
        used = {manifest.dataset_sha256 for manifest in readable}
        for sha256 in KeptTables(self._paths).remove_unused(used, now):
            logger.info("The table %s was removed: no version learned from it.", sha256)

    def _delete(self, now: datetime) -> None:
        """Delete what was set aside, now or before a kill, and what a killed training left unfinished."""
        for folder in self._paths.versions.glob(f".*{ASIDE}"):
            shutil.rmtree(folder, onerror=_say)
        for folder in self._paths.versions.glob(f".*{DRAFT}"):
            if now.timestamp() - folder.stat().st_mtime > DRAFT_SECONDS:
                shutil.rmtree(folder, onerror=_say)


def must_stay(way: WayBack, pinned: Collection[str], also: Collection[str]) -> frozenset[str]:
    """Return the versions that stay whatever their age."""
    serves = () if way.champion is None else (way.champion,)
    return frozenset((*serves, *way.earlier[:WAY_BACK_KEPT], *pinned, *also))


def too_many(
    newest_first: Sequence[ModelManifest], stay: Collection[str], most: int
) -> list[ModelManifest]:
    """Return the versions to remove: all but the ``most`` newest, without those that must stay."""
    return [manifest for manifest in newest_first[most:] if manifest.version not in stay]


def _say(_function: object, path: str, problem: object) -> None:
    logger.error("%s could not be removed: %s", Path(path), problem)
