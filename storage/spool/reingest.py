"""Brings rejected records back: they go through the spool once more, each of them once.

A whole file becomes a spool file by one rename, so a kill at any moment leaves it in one of the two places;
the log-writer then moves it exactly once, and what it refuses again is set aside again, with the reason.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from storage.paths import RuntimePaths
from storage.process.atomic_files import flush_folder, write_atomically
from storage.process.lock import exclusive
from storage.schema.records import SPOOL_RECORD
from storage.spool.rejected import RejectedLine, RejectedRecords
from storage.spool.segments import decode, encode
from storage.spool.spool import new_name

POLL_SECONDS = 0.1


@dataclass
class Reingested:
    """What came of it: records that came in, that wait for the log-writer, that are refused, by reason."""

    came_in: int = 0
    waiting: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def reingest(paths: RuntimePaths, wait_seconds: float) -> Reingested:
    """Hand the rejected records to the log-writer, and wait until it has moved them.

    Raises
    ------
    OSError
        If a file cannot be read or written; nothing is lost, and it can be run again.
    """
    rejected = RejectedRecords(paths.rejected_records)
    result = Reingested()
    with exclusive(paths.reingest_lock):
        handed_over: dict[Path, int] = {}
        for path in rejected.files():
            lines, readable = _prepared(rejected.read(path))
            if readable:
                handed_over[_hand_over(rejected, path, lines, paths.spool)] = len(lines)
            else:
                result.refused.update(line.reason for line in lines)
        _wait_until_gone(handed_over, wait_seconds)
        for segment, number in handed_over.items():
            if segment.exists():
                result.waiting += number
                continue
            again = [
                line for path in rejected.of_segment(segment.name) for line in rejected.read(path)
            ]
            result.came_in += number - len(again)
            result.refused.update(line.reason for line in again)
    return result


def _prepared(lines: Sequence[RejectedLine]) -> tuple[list[RejectedLine], int]:
    """Return the lines as spool lines, equal ones once, and how many of them can be read."""
    prepared: dict[bytes, RejectedLine] = {}
    readable = 0
    for each in lines:
        line, reason = _as_spool_line(each)
        if line not in prepared:
            prepared[line] = RejectedLine(line, reason or each.reason)
            readable += reason is None
    return list(prepared.values()), readable


def _as_spool_line(rejected: RejectedLine) -> tuple[bytes, str | None]:
    """Return the line, and why it cannot be read; older releases set some aside without their checksum."""
    try:
        decode(rejected.line)
    except ValueError as error:
        reason = str(error)
    else:
        return rejected.line, None
    try:
        return encode(SPOOL_RECORD.validate_json(rejected.line))[:-1], None
    except ValidationError:
        return rejected.line, reason


def _hand_over(
    rejected: RejectedRecords, path: Path, lines: Sequence[RejectedLine], spool: Path
) -> Path:
    content = b"".join(one.line + b"\n" for one in lines)
    if content != path.read_bytes():
        write_atomically(path, content)
    segment = path.rename(spool / new_name())
    flush_folder(spool)
    flush_folder(path.parent)  # it must not come back after a power cut
    rejected.remove(path)
    return segment


def _wait_until_gone(paths: Sequence[Path] | dict[Path, int], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(path.exists() for path in paths) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
