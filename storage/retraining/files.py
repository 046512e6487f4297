"""The file of each retraining request: its names, its content, and how invalid files are handled."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from storage.errors import RecordNotFound
from storage.process.atomic_files import write_atomically
from storage.schema.records import new_suffix
from storage.schema.triggers import Cancellation, HeartBeat, Trigger, TriggerStatus

logger = logging.getLogger(__name__)

PENDING = ".trigger"
RUNNING = ".running"
DONE = ".done"
FAILED = ".failed"
CANCELLED = ".cancelled"
SUFFIXES: dict[TriggerStatus, str] = {
    "pending": PENDING,
    "running": RUNNING,
    "done": DONE,
    "failed": FAILED,
    "cancelled": CANCELLED,
}
UNREADABLE = ".unreadable"
WHY = ".why"
CLAIM = ".claim"
HEART_BEAT = ".progress"
CANCELLATION = ".cancel"
LOG = ".log"
ID_PATTERN = re.compile(r"[0-9A-Za-z-]{1,100}")
LARGEST_BYTES = 1024 * 1024
"""Limit for a trigger file; ours have a few hundred bytes."""


class NotATrigger(ValueError):
    """A file that has a trigger's name but is not one; the message says why."""


class TriggerFiles:
    """The files in one folder. Each is replaced whole or renamed, so none is ever seen half-written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, trigger_id: str, suffix: str) -> Path:
        """Return the path of an id's file; refuse an id that would lead out of the folder."""
        if not ID_PATTERN.fullmatch(trigger_id):
            raise RecordNotFound("There is no retraining with this id.")
        return self.folder / f"{trigger_id}{suffix}"

    def with_suffix(self, suffix: str) -> list[Path]:
        """Return the files of one state, oldest first."""
        return sorted(self.folder.glob(f"[!.]*{suffix}"))

    def read(self, path: Path) -> Trigger:
        """Return the trigger in a file.

        Raises
        ------
        NotATrigger
            If it is anything else: empty, torn, another file's content, a folder, a pipe.
        FileNotFoundError
            If it is gone.
        """
        try:
            trigger = Trigger.model_validate_json(_content(path))
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, problem["loc"])) or "its content"
            raise NotATrigger(f"{where}: {problem['msg']}") from error
        if trigger.trigger_id != path.stem or not ID_PATTERN.fullmatch(path.stem):
            raise NotATrigger(f"{trigger.trigger_id[:100]!r} is not the id in its name")
        return trigger

    def write(self, trigger: Trigger, suffix: str) -> None:
        """Replace a trigger's file in one state."""
        path = self.path(trigger.trigger_id, suffix)
        write_atomically(path, trigger.model_dump_json(indent=2).encode())

    def beat(self, trigger_id: str, beat: HeartBeat) -> None:
        """Replace the heartbeat of a trigger."""
        write_atomically(self.path(trigger_id, HEART_BEAT), beat.model_dump_json().encode())

    def last_beat(self, trigger_id: str) -> HeartBeat | None:
        """Return the latest heartbeat, if there is one."""
        try:
            return HeartBeat.model_validate_json(self.path(trigger_id, HEART_BEAT).read_bytes())
        except (OSError, ValidationError):
            return None

    def cancel(self, trigger_id: str, cancellation: Cancellation) -> None:
        """Ask the worker of a trigger to stop."""
        path = self.path(trigger_id, CANCELLATION)
        write_atomically(path, cancellation.model_dump_json().encode())

    def cancellation(self, trigger_id: str) -> Cancellation | None:
        """Return the cancellation request of a trigger, if there is one."""
        try:
            content = self.path(trigger_id, CANCELLATION).read_bytes()
            return Cancellation.model_validate_json(content)
        except (OSError, ValidationError):
            return None

    def set_aside(self, path: Path, reason: str) -> None:
        """Move a file out of the queue, and store the reason beside it for a person.

        If that is not possible, the file stays, is logged, and does not block the queue.
        """
        kept = path.with_name(f"{path.stem[:100]}-{new_suffix()}{UNREADABLE}")
        try:
            path.rename(kept)
            logger.error(
                "%s is not a trigger and was set aside as %s: %s", path.name, kept.name, reason
            )
            write_atomically(kept.with_suffix(WHY), f"{reason}\n".encode())
        except OSError as error:
            logger.error(
                "%s is not a trigger (%s) and could not be set aside: %s", path.name, reason, error
            )

    def unreadable(self) -> Iterator[Path]:
        """Yield the files that were set aside."""
        yield from self.with_suffix(UNREADABLE)


def _content(path: Path) -> bytes:
    if not path.is_file():
        if not path.exists() and not path.is_symlink():
            raise FileNotFoundError(path)
        raise NotATrigger("it is not a regular file")
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except PermissionError as error:
        raise NotATrigger("it cannot be read: permission denied") from error
    if len(content) > LARGEST_BYTES:
        raise NotATrigger(f"it is larger than {LARGEST_BYTES} bytes")
    return content
