"""One process of the Procfile: started, watched, and started again when it ended."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from backend.contract.service import SupervisedProcess
from backend.supervisor.child import Child, how_it_ended
from backend.supervisor.output import ProcessOutput, Terminal
from backend.supervisor.restarts import ENDS_THAT_ARE_A_HABIT, STEADY_SECONDS, Restarts
from storage.schema.records import utc_now

HOLD_SECONDS = 15.0
"""After an early end, the lines of the next run are held back for so long."""
LINES_REPEATED = 5


@dataclass(frozen=True)
class Program:
    """What to run: a command without a shell, its whole environment, and its working folder."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    folder: Path


class Watched:
    """One program, running or waiting for its next start. Times are seconds of one steady clock."""

    def __init__(self, program: Program, output: ProcessOutput, terminal: Terminal) -> None:
        self._program = program
        self._output = output
        self._terminal = terminal
        self._restarts = Restarts()
        self._child: Child | None = None
        self._started_at = 0.0
        self._due_at = 0.0
        self._ended_early = False
        self._since = utc_now()
        self._last_end: str | None = None
        self._last_lines: list[str] = []

    @property
    def child(self) -> Child | None:
        """The running process; None between two runs."""
        return self._child

    def step(self, now: float) -> bool:
        """Print its output, note its end, start it if it is time; return whether its state changed."""
        if self._child is None:
            return now >= self._due_at and self._start(now)
        self._output.add(self._child.read_lines())
        code = self._child.end()
        if code is not None:
            self._output.add(self._child.close())
            self._ended(now, how_it_ended(code))
            return True
        if now - self._started_at >= HOLD_SECONDS:
            self._output.release()
        if self._restarts.in_a_row and now - self._started_at >= STEADY_SECONDS:
            self._restarts = Restarts(self._restarts.total)
            return True
        return False

    def next_step_at(self, now: float) -> float:
        """Return when the next step is due without output or an end."""
        if self._child is None:
            return self._due_at
        due = (self._started_at + seconds for seconds in (HOLD_SECONDS, STEADY_SECONDS))
        return min((moment for moment in due if moment > now), default=now + STEADY_SECONDS)

    def state(self) -> SupervisedProcess:
        """Return its state."""
        return SupervisedProcess(
            name=self._program.name,
            state=self._state(),
            restarts=self._restarts.total,
            since=self._since,
            last_end=self._last_end,
            last_lines=self._last_lines,
        )

    def stop(self) -> None:
        """Ask a running process to stop."""
        if self._child is not None:
            self._child.terminate()

    def kill(self) -> None:
        """Kill a running process with all that it started."""
        if self._child is not None:
            self._terminal.say(f"{self._program.name} does not stop; killing it.")
            self._child.signal_group(signal.SIGKILL)

    def has_stopped(self) -> bool:
        """Print the output of a process that was asked to stop; return whether it has ended."""
        if self._child is None:
            return True
        self._output.add(self._child.read_lines())
        if self._child.end() is None:
            return False
        self._output.add(self._child.close())
        self._child = None
        return True

    def _state(self) -> Literal["running", "restarting", "failing"]:
        if self._restarts.keeps_ending:
            return "failing"
        return "restarting" if self._child is None else "running"

    def _start(self, now: float) -> bool:
        self._output.begin(held=self._ended_early)
        self._started_at = now
        try:
            program = self._program
            self._child = Child(program.command, program.environment, program.folder)
        except OSError as error:
            self._output.add([f"It cannot be started: {os.strerror(error.errno or 0)}."])
            self._ended(now, "not started")
        else:
            self._since = utc_now()
        return True

    def _ended(self, now: float, end: str) -> None:
        self._output.end()
        self._child = None
        ran_seconds = now - self._started_at
        self._ended_early = ran_seconds < STEADY_SECONDS
        self._restarts = self._restarts.after(ran_seconds)
        self._due_at = now + self._restarts.pause_seconds
        self._since, self._last_end = utc_now(), end
        self._last_lines = self._output.last_lines
        self._say(end)

    def _say(self, end: str) -> None:
        name, times = self._program.name, self._restarts.in_a_row
        if times == ENDS_THAT_ARE_A_HABIT:
            self._terminal.say(f"{name} keeps ending soon after its start; its last lines:")
            self._output.repeat(LINES_REPEATED)
        often = f", {times} times in a row" if self._restarts.keeps_ending else ""
        pause = f"{self._restarts.pause_seconds:g} s"
        self._terminal.say(f"{name} ended ({end}){often}; starting it again in {pause}.")
