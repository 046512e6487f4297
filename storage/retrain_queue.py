"""Requests for retraining, one file each: <id>.trigger -> .running -> .done or .failed.

A rename is atomic, so a trigger is whole when it is seen and two workers never claim the same one.
"""

import logging
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from storage.atomic_files import flush_folder, write_atomically
from storage.errors import RecordNotFound
from storage.schema.records import Trigger, new_id, utc_now

logger = logging.getLogger(__name__)

PENDING = ".trigger"
RUNNING = ".running"
DONE = ".done"
FAILED = ".failed"
UNREADABLE = ".unreadable"


class RetrainQueue:
    """The trigger files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def submit(self, reason: str, requested_by: str) -> Trigger:
        """Write a trigger and return it. Ids sort by time."""
        now = utc_now()
        trigger = Trigger(
            trigger_id=f"{now:%Y%m%dT%H%M%S%fZ}-{new_id()[:6]}",
            created_at=now,
            requested_by=requested_by,
            reason=reason,
        )
        write_atomically(self._path(trigger.trigger_id, PENDING), _content(trigger))
        return trigger

    def claim(self) -> Trigger | None:
        """Take the oldest pending trigger, or None; a file that cannot be read is set aside."""
        for path in sorted(self._folder.glob(f"*{PENDING}")):
            running = path.with_suffix(RUNNING)
            try:
                path.rename(running)
            except FileNotFoundError:
                continue  # another worker was faster
            trigger = self._read(running)
            if trigger is not None:
                return trigger
        return None

    def finish(self, trigger: Trigger, result: dict[str, Any], *, succeeded: bool) -> None:
        """Close a claimed trigger, keeping its result."""
        running = self._path(trigger.trigger_id, RUNNING)
        write_atomically(running, _content(trigger.model_copy(update={"result": result})))
        running.rename(running.with_suffix(DONE if succeeded else FAILED))
        flush_folder(self._folder)

    def recover(self) -> list[str]:
        """Make claimed triggers claimable again; return their ids. For the start of the one worker."""
        recovered = []
        for path in sorted(self._folder.glob(f"*{RUNNING}")):
            path.rename(path.with_suffix(PENDING))
            recovered.append(path.stem)
        return recovered

    def find(self, trigger_id: str) -> tuple[Trigger, str]:
        """Return a trigger and its state (``trigger``, ``running``, ``done`` or ``failed``).

        Raises
        ------
        RecordNotFound
            If no readable file has this id.
        """
        for suffix in (PENDING, RUNNING, DONE, FAILED):
            path = self._path(trigger_id, suffix)
            if path.exists() and (trigger := self._read(path)) is not None:
                return trigger, suffix.removeprefix(".")
        raise RecordNotFound(f"There is no retraining {trigger_id}.")

    def pending(self) -> list[str]:
        """Return the ids that wait, oldest first."""
        return [path.stem for path in sorted(self._folder.glob(f"*{PENDING}"))]

    def _path(self, trigger_id: str, suffix: str) -> Path:
        if not trigger_id.replace("-", "").isalnum():
            raise RecordNotFound("There is no retraining with this id.")
        return self._folder / f"{trigger_id}{suffix}"

    def _read(self, path: Path) -> Trigger | None:
        try:
            return Trigger.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            path.rename(path.with_suffix(UNREADABLE))
            logger.error("%s is not a trigger and was set aside: %s", path, error)
            return None


def _content(trigger: Trigger) -> bytes:
    return trigger.model_dump_json(indent=2).encode()
