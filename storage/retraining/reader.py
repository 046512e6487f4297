"""Reading the triggers of one folder: queued, running or closed, with their progress."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from storage.errors import RecordNotFound
from storage.retraining.files import PENDING, RUNNING, SUFFIXES, NotATrigger, TriggerFiles
from storage.schema.triggers import Cancellation, ClosedStatus, HeartBeat, Trigger, TriggerStatus

CLOSED: tuple[ClosedStatus, ...] = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class FoundTrigger:
    """A trigger with the state in its file's name, its progress, and a cancellation request if any."""

    trigger: Trigger
    state: TriggerStatus
    beat: HeartBeat | None
    cancellation: Cancellation | None


class TriggerReader:
    """Reads the trigger files in one folder; changes nothing, and needs no lock."""

    def __init__(self, folder: Path) -> None:
        self.files = TriggerFiles(folder)

    def find(self, trigger_id: str) -> FoundTrigger:
        """Return a trigger, its state and its progress.

        Raises
        ------
        RecordNotFound
            If no readable file has this id.
        """
        # Twice, because a file being renamed can be missed once.
        for status, suffix in [*SUFFIXES.items(), *SUFFIXES.items()]:
            path = self.files.path(trigger_id, suffix)
            try:
                trigger = self.files.read(path)
            except (FileNotFoundError, NotATrigger):
                continue
            return self._found(trigger, status)
        raise RecordNotFound(f"There is no retraining {trigger_id[:64]}.")

    def pending(self) -> list[str]:
        """Return the ids of queued triggers, oldest first."""
        return [path.stem for path in self.files.with_suffix(PENDING)]

    def running(self) -> list[str]:
        """Return the ids of running triggers, oldest first."""
        return [path.stem for path in self.files.with_suffix(RUNNING)]

    def open_files(self) -> list[str]:
        """Return the file names of queued and running triggers, oldest first."""
        return sorted(
            path.name for suffix in (PENDING, RUNNING) for path in self.files.with_suffix(suffix)
        )

    def history(self, limit: int) -> list[Trigger]:
        """Return closed triggers, newest request first, at most ``limit``."""
        return [found.trigger for found in self.newest(limit, CLOSED)]

    def newest(
        self, limit: int, states: Iterable[TriggerStatus] = tuple(SUFFIXES)
    ) -> list[FoundTrigger]:
        """Return triggers in some of the states, newest request first, at most ``limit``."""
        wanted = tuple(states)
        # By id: a file being renamed can be seen under two names.
        paths = {
            path.stem: path for state in wanted for path in self.files.with_suffix(SUFFIXES[state])
        }
        found = self._read_all(paths[trigger_id] for trigger_id in sorted(paths, reverse=True))
        return list(islice((each for each in found if each.state in wanted), limit))

    def _read_all(self, paths: Iterable[Path]) -> Iterator[FoundTrigger]:
        for path in paths:
            try:
                yield self.find(path.stem)
            except RecordNotFound:
                continue  # not a trigger, or removed by somebody

    def _found(self, trigger: Trigger, state: TriggerStatus) -> FoundTrigger:
        if state != "running":
            return FoundTrigger(trigger, state, None, trigger.cancellation)
        beat = self.files.last_beat(trigger.trigger_id)
        return FoundTrigger(trigger, state, beat, self.files.cancellation(trigger.trigger_id))
