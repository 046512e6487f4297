"""One running process: it leads a process group of its own and ends with the supervisor."""

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from storage.process.parent import tied_command

READ_BYTES = 65_536
MOST_READS = 16
"""In a row: one process that never stops writing must not keep the others waiting."""


class Child:
    """A started process and its output.

    Raises
    ------
    OSError
        If no process can be created.
    """

    def __init__(self, command: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self._process = subprocess.Popen(
            tied_command(command),
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdout is not None  # noqa: S101 # it is a pipe
        self._output = self._process.stdout
        os.set_blocking(self._output.fileno(), False)
        self._incomplete = b""

    @property
    def pid(self) -> int:
        """The process id, which is also that of its group."""
        return self._process.pid

    @property
    def output_descriptor(self) -> int | None:
        """What to wait on for output; None when there will be no more."""
        return None if self._output.closed else self._output.fileno()

    def read_lines(self) -> list[str]:
        """Return the complete lines that it has written since; the rest too once it has closed its output."""
        lines: list[str] = []
        for _ in range(MOST_READS):
            if self._output.closed or (block := self._output.read(READ_BYTES)) is None:
                break
            if not block:
                self._output.close()
            lines += self._lines(block)
        return lines

    def end(self) -> int | None:
        """Return the exit code, or None while it runs. What is left of its group is killed."""
        if self._process.poll() is None:
            return None
        self.signal_group(signal.SIGKILL)
        return self._process.returncode

    def close(self) -> list[str]:
        """Close the output of an ended process, and return its last lines."""
        lines = self.read_lines()
        if not self._output.closed:  # held by something that left the group
            self._output.close()
            lines += self._lines(b"")
        return lines

    def terminate(self) -> None:
        """Ask it to stop; how it stops what it started itself is its own matter."""
        self._process.terminate()

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to it and to everything that it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def _lines(self, block: bytes) -> list[str]:
        *complete, self._incomplete = (self._incomplete + block).split(b"\n")
        if self._incomplete and (not block or len(self._incomplete) > READ_BYTES):
            complete.append(self._incomplete)
            self._incomplete = b""
        return [line.decode(errors="replace").rstrip("\r") for line in complete]


def how_it_ended(code: int) -> str:
    """Say an exit code in words.

    Examples
    --------
    >>> how_it_ended(-9), how_it_ended(2)
    ('killed by signal 9', 'exit code 2')
    """
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
