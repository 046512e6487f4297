"""Requests for retraining, one file each: <id>.trigger -> .running -> .done or .failed, which stay.

A file is written whole under another name and then renamed, and claimed by a rename. Every change of state
happens inside one lock of the folder, and whoever carries a trigger out holds its claim lock
(``storage/claim.py``): it is never carried out twice at once. One whose worker died is claimable again, so
it is carried out at least once, and what that does must bear repeating.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.atomic_files import flush_folder
from storage.claim import ClaimLock
from storage.errors import QueueUnavailable, RecordNotFound
from storage.process_lock import exclusive
from storage.schema.records import (
    DataWindow,
    HeartBeat,
    Trigger,
    TriggerSource,
    TriggerStatus,
    new_suffix,
    utc_now,
)
from storage.trigger_files import (
    CLAIM,
    DONE,
    FAILED,
    HEART_BEAT,
    PENDING,
    RUNNING,
    SUFFIXES,
    NotATrigger,
    TriggerFiles,
)

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 20
"""Workers that may die of one trigger before it is closed as failed."""


@dataclass(frozen=True)
class FoundTrigger:
    """A trigger, the state that its file's name says, and how far the work is."""

    trigger: Trigger
    state: TriggerStatus
    beat: HeartBeat | None


class Claim:
    """A trigger in the hands of one worker, until it is finished or the worker dies."""

    def __init__(self, queue: "RetrainQueue", trigger: Trigger, lock: ClaimLock) -> None:
        self.trigger = trigger
        self._queue = queue
        self._lock = lock

    def beat(self, stage: str, progress: float) -> None:
        """Say how far the work is: ``progress`` from 0 to 1. A full disk does not stop the work."""
        try:
            self._queue.files.beat(
                self.trigger.trigger_id, HeartBeat(stage=stage, progress=progress)
            )
        except OSError as error:
            logger.warning("The progress of a retraining could not be written: %s", error)

    def finish(self, result: Mapping[str, Any], *, succeeded: bool) -> Trigger:
        """Close the trigger, keeping its result, and let go of it."""
        closed = self.trigger.model_copy(
            update={
                "status": "done" if succeeded else "failed",
                "finished_at": utc_now(),
                "result": dict(result),
            }
        )
        self._queue.close(closed, self._lock)
        return closed

    def release(self) -> None:
        """Let go of it unfinished: what the kernel does when the worker dies."""
        self._lock.release()


class RetrainQueue:
    """The trigger files in one folder; any number of processes may share it."""

    def __init__(self, folder: Path) -> None:
        self.files = TriggerFiles(folder)
        self._lock = folder / "queue.lock"

    def submit(
        self,
        reason: str,
        requested_by: str,
        *,
        source: TriggerSource = "manual",
        window: DataWindow | None = None,
        figures: Mapping[str, Any] | None = None,
    ) -> Trigger:
        """Write a trigger and return it. Ids sort by time.

        Raises
        ------
        QueueUnavailable
            If the folder cannot be written (disk full, no permission); nothing was asked for.
        """
        trigger = _new_trigger(reason, requested_by, source, window, figures)
        try:
            self.files.write(trigger, PENDING)
        except OSError as error:
            raise self._unavailable(error) from error
        return trigger

    def submit_if_idle(
        self,
        reason: str,
        requested_by: str,
        *,
        source: TriggerSource,
        window: DataWindow | None = None,
        figures: Mapping[str, Any] | None = None,
    ) -> Trigger | None:
        """Submit as ``submit`` does, unless a trigger waits or is worked on; of two at once one does."""
        trigger = _new_trigger(reason, requested_by, source, window, figures)
        try:
            with exclusive(self._lock):
                if self.open_files():
                    return None
                self.files.write(trigger, PENDING)
        except OSError as error:
            raise self._unavailable(error) from error
        return trigger

    def claim(self) -> Claim | None:
        """Take the oldest pending trigger, or None; what is no trigger is set aside.

        Raises
        ------
        QueueUnavailable
            If the folder cannot be written.
        """
        try:
            with exclusive(self._lock):
                for path in self.files.with_suffix(PENDING):
                    claim = self._claim(path)
                    if claim is not None:
                        return claim
        except OSError as error:
            raise self._unavailable(error) from error
        return None

    def recover(self) -> list[str]:
        """Make the triggers whose worker died claimable again; return their ids.

        One that many workers died of is closed as failed instead.
        """
        try:
            with exclusive(self._lock):
                running = self.files.with_suffix(RUNNING)
                return [path.stem for path in running if self._recover(path)]
        except OSError as error:
            raise self._unavailable(error) from error

    def close(self, closed: Trigger, lock: ClaimLock) -> None:
        """Rename a claimed trigger to its last state; for ``Claim.finish``.

        What was done is never done again: where there is no room for the result, the name alone says it.
        """
        running = self.files.path(closed.trigger_id, RUNNING)
        with exclusive(self._lock):
            try:
                self.files.write(closed, RUNNING)
            except OSError as error:
                logger.error("The result of %s could not be kept: %s", closed.trigger_id, error)
            self._move(running, SUFFIXES[closed.status])
            self._forget(closed.trigger_id, lock)

    def find(self, trigger_id: str) -> FoundTrigger:
        """Return a trigger, its state and how far it is.

        Raises
        ------
        RecordNotFound
            If no readable file has this id.
        """
        # Twice, because a file that is renamed meanwhile can be missed once.
        for status, suffix in [*SUFFIXES.items(), *SUFFIXES.items()]:
            path = self.files.path(trigger_id, suffix)
            try:
                trigger = self.files.read(path)
            except (FileNotFoundError, NotATrigger):
                continue
            return FoundTrigger(trigger, status, self.files.last_beat(trigger_id))
        raise RecordNotFound(f"There is no retraining {trigger_id[:64]}.")

    def pending(self) -> list[str]:
        """Return the ids that wait, oldest first."""
        return [path.stem for path in self.files.with_suffix(PENDING)]

    def running(self) -> list[str]:
        """Return the ids that a worker has claimed, oldest first."""
        return [path.stem for path in self.files.with_suffix(RUNNING)]

    def open_files(self) -> list[str]:
        """Return the names of the files that wait or that a worker has claimed, oldest first."""
        return sorted(
            path.name for suffix in (PENDING, RUNNING) for path in self.files.with_suffix(suffix)
        )

    def history(self, limit: int) -> list[Trigger]:
        """Return closed triggers, the last asked for first, at most ``limit``."""
        paths = [path for suffix in (DONE, FAILED) for path in self.files.with_suffix(suffix)]
        closed: list[Trigger] = []
        for path in sorted(paths, key=lambda path: path.name, reverse=True):
            if len(closed) == limit:
                break
            try:
                closed.append(self.files.read(path))
            except (FileNotFoundError, NotATrigger):
                continue
        return closed

    def _claim(self, path: Path) -> Claim | None:
        trigger = self._read(path)
        if trigger is None:
            return None
        lock = ClaimLock.take(self.files.path(trigger.trigger_id, CLAIM))
        if lock is None:
            return None  # somebody put the file back while its worker lives
        self._move(path, RUNNING)
        claimed = trigger.model_copy(
            update={
                "status": "running",
                "claimed_at": utc_now(),
                "attempts": trigger.attempts + 1,
            }
        )
        self.files.write(claimed, RUNNING)
        return Claim(self, claimed, lock)

    def _recover(self, path: Path) -> bool:
        trigger = self._read(path)
        if trigger is None:
            return False
        lock = ClaimLock.take(self.files.path(trigger.trigger_id, CLAIM))
        if lock is None:
            return False  # its worker lives
        if trigger.status in ("done", "failed"):
            state = SUFFIXES[trigger.status]  # it died after the work, before the rename
        elif trigger.attempts >= MOST_ATTEMPTS:
            state = FAILED
            error = {"error": f"{trigger.attempts} workers died of it."}
            self.files.write(
                trigger.model_copy(update={"status": "failed", "result": error}), RUNNING
            )
        else:
            state = PENDING
        self._move(path, state)
        self._forget(trigger.trigger_id, lock)
        return state == PENDING

    def _read(self, path: Path) -> Trigger | None:
        try:
            return self.files.read(path)
        except NotATrigger as error:
            self.files.set_aside(path, str(error))
        except FileNotFoundError:
            logger.warning("%s was taken away by somebody else.", path.name)
        return None

    def _move(self, path: Path, suffix: str) -> None:
        path.rename(path.with_suffix(suffix))
        flush_folder(path.parent)

    def _forget(self, trigger_id: str, lock: ClaimLock) -> None:
        self.files.path(trigger_id, HEART_BEAT).unlink(missing_ok=True)
        lock.remove()

    def _unavailable(self, error: OSError) -> QueueUnavailable:
        return QueueUnavailable(
            f"The folder of triggers {self.files.folder} cannot be written ({error.strerror}); free some "
            "disk space or mend its permissions, then try again."
        )


def _new_trigger(
    reason: str,
    requested_by: str,
    source: TriggerSource,
    window: DataWindow | None,
    figures: Mapping[str, Any] | None,
) -> Trigger:
    now = utc_now()
    return Trigger(
        trigger_id=f"{now:%Y%m%dT%H%M%S%fZ}-{new_suffix()}",
        created_at=now,
        source=source,
        requested_by=requested_by,
        reason=reason,
        window=window,
        figures=dict(figures or {}),
    )
