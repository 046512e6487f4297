"""Requests for retraining, one file each: <id>.trigger -> .running -> .done, .failed or .cancelled, kept.

A file is written under another name and then renamed, and claimed by a rename. Every change of state happens
inside one lock of the folder, and the worker of a trigger holds its claim lock (``storage/process/lock.py``),
so no trigger is carried out twice at once. If its worker dies, a trigger can be claimed again: it is carried
out at least once, so the work must be safe to repeat. A person may cancel: a waiting trigger is closed at
once; the worker of a running one finds the request beside it and stops at the next safe point.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from storage.errors import QueueUnavailable, StateConflict
from storage.process.atomic_files import flush_folder
from storage.process.lock import ClaimLock, exclusive
from storage.retraining.files import (
    CANCELLATION,
    CANCELLED,
    CLAIM,
    FAILED,
    HEART_BEAT,
    PENDING,
    RUNNING,
    SUFFIXES,
    NotATrigger,
)
from storage.retraining.reader import CLOSED, FoundTrigger, TriggerReader
from storage.schema.records import new_suffix, utc_now
from storage.schema.triggers import (
    Cancellation,
    ClosedStatus,
    DataWindow,
    HeartBeat,
    TrainingPlan,
    Trigger,
    TriggerSource,
)

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 20
"""Workers that may die on one trigger before it is closed as failed."""


class Claim:
    """A trigger in the hands of one worker, until it is finished or the worker dies."""

    def __init__(self, queue: "RetrainQueue", trigger: Trigger, lock: ClaimLock) -> None:
        self.trigger = trigger
        self._queue = queue
        self._lock = lock

    def beat(self, beat: HeartBeat) -> None:
        """Write the progress. A full disk does not stop the work."""
        try:
            self._queue.files.beat(self.trigger.trigger_id, beat)
        except OSError as error:
            logger.warning("The progress of a retraining could not be written: %s", error)

    def cancellation(self) -> Cancellation | None:
        """Return the cancellation request, if there is one."""
        return self._queue.files.cancellation(self.trigger.trigger_id)

    def finish(self, result: Mapping[str, Any], *, succeeded: bool) -> Trigger:
        """Close the trigger, store its result, and release it."""
        return self._close("done" if succeeded else "failed", result)

    def stop(self, result: Mapping[str, Any]) -> Trigger:
        """Close the trigger as cancelled, store its progress, and release it."""
        return self._close("cancelled", result)

    def _close(self, status: ClosedStatus, result: Mapping[str, Any]) -> Trigger:
        closed = self.trigger.closed(status, dict(result), self.cancellation())
        self._queue.close(closed, self._lock)
        return closed

    def release(self) -> None:
        """Release it unfinished, as the kernel does when the worker dies."""
        self._lock.release()


class RetrainQueue(TriggerReader):
    """The trigger files in one folder; any number of processes may share it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lock = folder / "queue.lock"

    def submit(
        self,
        reason: str,
        requested_by: str,
        *,
        source: TriggerSource = "manual",
        window: DataWindow | None = None,
        figures: Mapping[str, Any] | None = None,
        force: bool = False,
        person: str | None = None,
        plan: TrainingPlan | None = None,
    ) -> Trigger:
        """Write a trigger and return it. Ids sort by time.

        Raises
        ------
        QueueUnavailable
            If the folder cannot be written (disk full, no permission); nothing was submitted.
        """
        trigger = _new_trigger(reason, requested_by, source, window, figures, force, person, plan)
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
        """Submit as ``submit``, unless a trigger is queued or running; of two calls at once, one does."""
        trigger = _new_trigger(reason, requested_by, source, window, figures)
        try:
            with exclusive(self._lock):
                if self.open_files():
                    return None
                self.files.write(trigger, PENDING)
        except OSError as error:
            raise self._unavailable(error) from error
        return trigger

    def cancel(self, trigger_id: str, reason: str, requested_by: str) -> FoundTrigger:
        """Close a queued trigger, or ask the worker of a running one to stop. Return its new state.

        Raises
        ------
        RecordNotFound
            If there is no such trigger.
        StateConflict
            If it is closed, or was cancelled before; the message says which.
        QueueUnavailable
            If the folder cannot be written; the trigger is unchanged.
        """
        asked = Cancellation(requested_by=requested_by, reason=reason)
        try:
            with exclusive(self._lock):
                self._cancel(self.find(trigger_id), asked)
        except OSError as error:
            raise self._unavailable(error) from error
        return self.find(trigger_id)

    def claim(self) -> Claim | None:
        """Claim the oldest queued trigger, or return None; invalid files are set aside.

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
        """Requeue the triggers whose worker died; return their ids.

        One on which too many workers died is closed as failed instead; a cancelled one as cancelled.
        """
        try:
            with exclusive(self._lock):
                running = self.files.with_suffix(RUNNING)
                return [path.stem for path in running if self._recover(path)]
        except OSError as error:
            raise self._unavailable(error) from error

    def close(self, closed: Trigger, lock: ClaimLock) -> None:
        """Rename a claimed trigger to its final state; for ``Claim.finish``.

        Finished work is never repeated: if there is no space for the result, the name alone records it.
        """
        running = self.files.path(closed.trigger_id, RUNNING)
        with exclusive(self._lock):
            try:
                self.files.write(closed, RUNNING)
            except OSError as error:
                logger.error("The result of %s could not be stored: %s", closed.trigger_id, error)
            self._move(running, SUFFIXES[closed.status])
            self._forget(closed.trigger_id, lock)

    def _cancel(self, found: FoundTrigger, asked: Cancellation) -> None:
        trigger_id = found.trigger.trigger_id
        # A worker that died between storing its result and the rename did finish.
        status = found.trigger.status if found.state == "running" else found.state
        if status in CLOSED:
            raise StateConflict(f"Retraining {trigger_id} is over ({status}); nothing to cancel.")
        lock = ClaimLock.take(self.files.path(trigger_id, CLAIM))
        if lock is None:
            self._ask_to_stop(found, asked)
            return
        # It is queued, or its worker is dead, and the lock of the folder keeps others from starting it.
        state = SUFFIXES[found.state]
        self.files.write(
            found.trigger.closed("cancelled", None, found.cancellation or asked), state
        )
        self._move(self.files.path(trigger_id, state), CANCELLED)
        self._forget(trigger_id, lock)

    def _ask_to_stop(self, found: FoundTrigger, asked: Cancellation) -> None:
        trigger_id, before = found.trigger.trigger_id, found.cancellation
        if before is not None:
            raise StateConflict(
                f"Retraining {trigger_id} was already cancelled by {before.requested_by}; it stops after "
                "the current step."
            )
        self.files.cancel(trigger_id, asked)

    def _claim(self, path: Path) -> Claim | None:
        trigger = self._read(path)
        if trigger is None:
            return None
        if trigger.status == "cancelled":  # the cancelling process died before the rename
            self._move(path, CANCELLED)
            return None
        lock = ClaimLock.take(self.files.path(trigger.trigger_id, CLAIM))
        if lock is None:
            return None  # somebody put the file back while its worker is alive
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
        asked = self.files.cancellation(trigger.trigger_id)
        if trigger.status in CLOSED:
            state = SUFFIXES[trigger.status]  # it died after finishing, before the rename
        elif asked is not None:
            state = CANCELLED
            self.files.write(trigger.closed("cancelled", None, asked), RUNNING)
        elif trigger.attempts >= MOST_ATTEMPTS:
            state = FAILED
            error = {"error": f"{trigger.attempts} workers died while running it."}
            self.files.write(trigger.closed("failed", error), RUNNING)
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
            logger.warning("%s was removed by somebody else.", path.name)
        return None

    def _move(self, path: Path, suffix: str) -> None:
        path.rename(path.with_suffix(suffix))
        flush_folder(path.parent)

    def _forget(self, trigger_id: str, lock: ClaimLock) -> None:
        for suffix in (HEART_BEAT, CANCELLATION):
            self.files.path(trigger_id, suffix).unlink(missing_ok=True)
        lock.remove()

    def _unavailable(self, error: OSError) -> QueueUnavailable:
        return QueueUnavailable(
            f"The folder of triggers {self.files.folder} cannot be written ({error.strerror}); free some "
            "disk space or fix its permissions, then try again."
        )


def _new_trigger(
    reason: str,
    requested_by: str,
    source: TriggerSource,
    window: DataWindow | None,
    figures: Mapping[str, Any] | None,
    force: bool = False,
    person: str | None = None,
    plan: TrainingPlan | None = None,
) -> Trigger:
    now = utc_now()
    return Trigger(
        trigger_id=f"{now:%Y%m%dT%H%M%S%fZ}-{new_suffix()}",
        created_at=now,
        source=source,
        requested_by=requested_by,
        person=person,
        reason=reason,
        window=window,
        plan=plan,
        figures=dict(figures or {}),
        force=force,
    )
