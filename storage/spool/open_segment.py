"""The spool file that a process writes to."""

import errno
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass
class OpenSegment:
    """An open spool file, locked as long as it is open; ``size`` in bytes."""

    path: Path
    _descriptor: int
    size: int = 0

    @classmethod
    def create(cls, path: Path, content: bytes = b"") -> Self:
        """Create the file, with a content or empty; a file of this name is replaced.

        Raises
        ------
        OSError
            If it cannot be created or the content not written; nothing is left of it.
        """
        # Locked and filled before it gets the name that the log-writer looks for: a segment that can be seen
        # unlocked is one that nobody will write to again.
        draft = path.with_suffix(".new")
        # Readable too: it is read back if it must be written anew.
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        created = cls(path, os.open(draft, flags, 0o600))
        try:
            fcntl.flock(created._descriptor, fcntl.LOCK_EX)
            created.append(content)
            draft.rename(path)
        except OSError:
            draft.unlink(missing_ok=True)
            created.close()
            raise
        return created

    def append(self, lines: bytes) -> None:
        """Append all of the lines in one write, or none.

        Raises
        ------
        OSError
            If they could not be written completely.
        """
        written = 0
        try:
            written = os.write(self._descriptor, lines)
            if written < len(lines):
                raise OSError(errno.ENOSPC, "no space left on the device")
        except OSError:
            if written:
                os.ftruncate(self._descriptor, self.size)
            raise
        self.size += written

    def is_reachable(self) -> bool:
        """Whether the path leads to this file: not if it or its folder was removed, moved or put back."""
        try:
            named = os.stat(self.path)  # noqa: PTH116 - half the time of Path.stat
        except OSError:
            return False
        return os.path.samestat(named, os.fstat(self._descriptor))

    def written_anew(self) -> Self:
        """Return a file under this one's name with its content; this one is closed.

        Raises
        ------
        OSError
            If it cannot be written; this one stays open.
        """
        anew = self.create(self.path, os.pread(self._descriptor, self.size, 0))
        self.close()
        return anew

    def duplicate(self) -> int:
        """Return a descriptor of the file that stays open when this one is closed."""
        return os.dup(self._descriptor)

    def flush(self) -> None:
        """Flush the content to the disk.

        Raises
        ------
        OSError
            If the disk failed.
        """
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file, which lets go of its lock."""
        os.close(self._descriptor)
