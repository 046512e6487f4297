"""Records set aside because they could not be read or stored: a file for each rejected part of a segment.

A file holds spool lines as they were, named after its segment and the position in it; beside it, ``.why``
holds a reason for each. It is written before the log-writer's commit, as ``.uncommitted``, and gets its name
after it: so a repeated batch sets nothing aside twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from storage.process.atomic_files import write_atomically

UNCOMMITTED, WHY = ".uncommitted", ".why"
UNKNOWN_REASON = "set aside by an older release, which kept no reason"


class RejectedLine(NamedTuple):
    """A spool line that could not be read or that the database refused, and why."""

    line: bytes
    reason: str


@dataclass(frozen=True)
class RejectedRecords:
    """The folder of rejected records."""

    folder: Path

    def files(self) -> list[Path]:
        """Return the files of rejected lines, oldest first, without those of an open transaction."""
        found = (path for path in self.folder.glob("*") if not path.name.startswith("."))
        return sorted(path for path in found if path.suffix not in (UNCOMMITTED, WHY))

    def of_segment(self, segment: str) -> list[Path]:
        """Return the files of one segment."""
        return [path for path in self.files() if path.name.partition("@")[0] == segment]

    def count(self) -> int:
        """Return the number of rejected lines."""
        return sum(path.read_bytes().count(b"\n") for path in self.files())

    def read(self, path: Path) -> list[RejectedLine]:
        """Return the lines of one file with their reasons."""
        lines = path.read_bytes().removesuffix(b"\n").split(b"\n")
        try:
            reasons = self._why(path).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            reasons = []
        if len(reasons) != len(lines):
            reasons = [UNKNOWN_REASON] * len(lines)
        return [RejectedLine(*pair) for pair in zip(lines, reasons, strict=True)]

    def remove(self, path: Path) -> None:
        """Remove a file and its reasons."""
        path.unlink(missing_ok=True)
        self._why(path).unlink(missing_ok=True)

    def prepare(self, segment: str, position: int, rejected: Sequence[RejectedLine]) -> Path:
        """Write the rejected lines that follow ``position`` of a segment; they count once committed.

        Raises
        ------
        OSError
            If they cannot be written.
        """
        target = self.folder / f"{segment}@{position}"
        reasons = "".join(f"{' '.join(one.reason.split())}\n" for one in rejected)
        write_atomically(self._why(target), reasons.encode(errors="replace"))
        draft = target.with_name(target.name + UNCOMMITTED)
        write_atomically(draft, b"".join(one.line + b"\n" for one in rejected))
        return draft

    def commit(self, draft: Path) -> Path:
        """Give prepared lines their name, after the commit of their transaction."""
        return draft.rename(draft.with_name(draft.name.removesuffix(UNCOMMITTED)))

    def settle(self, positions: Mapping[str, int], segments: Collection[str]) -> None:
        """Decide what a crash left: it was committed if its segment was moved past it, or is gone."""
        for draft in self.folder.glob(f"*{UNCOMMITTED}"):
            segment, _, begun = draft.name.removesuffix(UNCOMMITTED).rpartition("@")
            if segment not in segments or positions.get(segment, 0) > int(begun):
                self.commit(draft)
            else:
                draft.unlink()

    @staticmethod
    def _why(path: Path) -> Path:
        return path.with_name(path.name + WHY)
