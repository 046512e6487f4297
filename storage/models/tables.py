"""The tables that versions learned from: a Parquet file for each, shared by all versions of one table.

A retraining learns from the champion's table also when the file that a person trained on was moved or
changed. So a copy is kept, named by the checksum of its rows (a manifest's ``dataset_sha256``), for as long
as a version names it.
"""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from storage.models.pointer import PointerFile
from storage.paths import RuntimePaths
from storage.process.atomic_files import READ_ONLY, write_atomically

SUFFIX = ".parquet"
UNUSED_SECONDS = 86_400.0
"""Age up to which a table stays that no version names: the version of a training may be about to."""


class KeptTables:
    """The kept tables of one runtime folder, as bytes."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._folder = paths.tables
        self._pointer = PointerFile(paths)

    def path(self, sha256: str) -> Path:
        """Return where the table of a checksum is, if it is kept."""
        return self._folder / f"{sha256}{SUFFIX}"

    def keep(self, sha256: str, content: bytes) -> None:
        """Write a table's file, anew if it is there: it may be damaged, and is in use again.

        Raises
        ------
        PointerUnavailable
            If the lock that removals take cannot be taken.
        OSError
            If it cannot be written, for example as the disk is full.
        """
        with self._pointer.alone():
            write_atomically(self.path(sha256), content, mode=READ_ONLY)

    def remove_unused(self, used: Collection[str], now: datetime) -> list[str]:
        """Remove what no version names and nobody wrote for a day; return it. Needs the pointer's lock."""
        removed = []
        for path in self._folder.glob(f"[!.]*{SUFFIX}"):
            is_new = now.timestamp() - path.stat().st_mtime <= UNUSED_SECONDS
            if path.stem not in used and not is_new:
                path.unlink()
                removed.append(path.stem)
        return removed
