"""The supervisor: keeps a list of programs running until it is asked to stop, then leaves nothing behind."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from honcho.colour import get_colours

from backend.supervisor.output import ProcessOutput, Secrets, Terminal
from backend.supervisor.signals import Signals
from backend.supervisor.states import WRITE_SECONDS, ProcessStates, write_states
from backend.supervisor.watched import Program, Watched
from storage.schema.records import utc_now

STOP_SECONDS = 6.0
"""How long processes that were asked to stop may take."""
LOOK_SECONDS = 0.05


class Supervisor:
    """Runs programs, each started again when it ends; the others go on meanwhile.

    Parameters
    ----------
    programs
        What to run.
    states
        The file that tells the service how they are.
    secrets
        Values that no output may show.
    """

    def __init__(self, programs: Iterable[Program], states: Path, secrets: Iterable[str]) -> None:
        programs = list(programs)
        self._terminal = Terminal(program.name for program in programs)
        self._states = states
        self._written_at = -WRITE_SECONDS
        hidden = Secrets(secrets)
        self._watched = [
            Watched(program, self._output(program, colour, hidden), self._terminal)
            for program, colour in zip(programs, get_colours(), strict=False)
        ]

    def run(self) -> None:
        """Keep them running until SIGINT, SIGTERM or SIGHUP; then stop them all.

        A second such signal kills what has not stopped yet.
        """
        signals = Signals()
        while not signals.stops:
            seconds = self.step(time.monotonic())
            signals.wait(self._descriptors(), seconds)
        self.stop(lambda: signals.stops > 1)

    def step(self, now: float) -> float:
        """Look at each process once; return for how many seconds there is nothing to do without an event."""
        changed = [watched.step(now) for watched in self._watched]
        if any(changed) or now - self._written_at >= WRITE_SECONDS:
            self._written_at = now
            processes = [watched.state() for watched in self._watched]
            write_states(self._states, ProcessStates(written_at=utc_now(), processes=processes))
        due = [watched.next_step_at(now) for watched in self._watched]
        return min(*due, self._written_at + WRITE_SECONDS) - now

    def stop(self, is_urgent: Callable[[], bool] = lambda: False) -> None:
        """Stop them all, within ``STOP_SECONDS`` or as soon as it is urgent; then none of them is left."""
        self._terminal.say("Stopping …")
        for watched in self._watched:
            watched.stop()
        deadline = time.monotonic() + STOP_SECONDS
        while remaining := [watched for watched in self._watched if not watched.has_stopped()]:
            if time.monotonic() >= deadline or is_urgent():
                for watched in remaining:
                    watched.kill()
                break
            time.sleep(LOOK_SECONDS)
        while not all(watched.has_stopped() for watched in self._watched):
            time.sleep(LOOK_SECONDS)
        self._states.unlink(missing_ok=True)
        self._terminal.close()

    def _output(self, program: Program, colour: str, hidden: Secrets) -> ProcessOutput:
        return ProcessOutput(program.name, colour, self._terminal, hidden)

    def _descriptors(self) -> list[int]:
        children = (watched.child for watched in self._watched)
        found = (child.output_descriptor for child in children if child is not None)
        return [descriptor for descriptor in found if descriptor is not None]
