"""The output of the supervised processes on the terminal: names, colours, no key, no scroll of repeats."""

import re
import sys
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from queue import Full, Queue

from honcho.printer import Message, Printer

LAST_LINES = 20
LONGEST_LINE = 500
"""Characters of a line that are kept for the state of a process; the terminal gets the whole line."""
MOST_HELD_LINES = 200
HIDDEN = "•••"
SECRET_FORMS = re.compile(
    r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)|(?i:(?<=bearer )(?!<)[^\s\"'`]+|(?<=password=)[^\s&;]+)"
)
"""Passwords in addresses and connection strings, and keys in headers."""
SHORTEST_SECRET = 4
MOST_WAITING_LINES = 10_000
CLOSE_SECONDS = 1.0


class Terminal:
    """Where all output goes, each line behind the name of its process.

    A thread prints, so that no process waits for a terminal that takes nothing, such as one that was paused
    with Ctrl-S: what is too much is dropped then, and counted. A closed one gets nothing more.
    """

    def __init__(self, names: Iterable[str]) -> None:
        width = max(len(name) for name in ("system", *names))
        self._printer = Printer(sys.stdout, width=width)
        self._waiting: Queue[Message | None] = Queue(MOST_WAITING_LINES)
        self._dropped = 0
        self._thread = threading.Thread(target=self._print, daemon=True)
        self._thread.start()

    def show(self, name: str, colour: str | None, lines: Iterable[str]) -> None:
        """Print lines of one process, or drop them if too many wait."""
        for line in lines:
            moment = datetime.now()  # noqa: DTZ005 # the clock of the person who reads it
            try:
                if self._dropped:
                    lost = f"{self._dropped:,} lines were not printed: the terminal took none."
                    self._waiting.put_nowait(Message("line", lost, moment, "system", None))
                    self._dropped = 0
                self._waiting.put_nowait(Message("line", line, moment, name, colour))
            except Full:
                self._dropped += 1

    def say(self, sentence: str) -> None:
        """Print a sentence of the supervisor itself."""
        self.show("system", None, [sentence])

    def close(self) -> None:
        """Print what still waits, as far as the terminal takes it within a second."""
        with suppress(Full):
            self._waiting.put_nowait(None)
        self._thread.join(CLOSE_SECONDS)

    def _print(self) -> None:
        with suppress(OSError, ValueError):  # closed: the processes go on without it
            while (message := self._waiting.get()) is not None:
                self._printer.write(message)


class Secrets:
    """What no line may show: the given values, and what stands where a password or key does.

    Examples
    --------
    >>> Secrets(["s3cret"]).hidden("key s3cret, postgresql://me:pw@host/db")
    'key •••, postgresql://•••@host/db'
    >>> Secrets([]).hidden("Authorization: Bearer abc; send `Authorization: Bearer <key>`")
    'Authorization: Bearer ••• send `Authorization: Bearer <key>`'
    """

    def __init__(self, values: Iterable[str]) -> None:
        known = sorted(
            {value for value in values if len(value) >= SHORTEST_SECRET}, key=len, reverse=True
        )
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def hidden(self, line: str) -> str:
        """Return the line without them."""
        if self._known is not None:
            line = self._known.sub(HIDDEN, line)
        return SECRET_FORMS.sub(HIDDEN, line)


class ProcessOutput:
    """The lines of one process.

    After a run that ended soon, those of the next run are held back: they are printed when it has run for
    a while, or when it ended in other words than before. So a mistake is read once, not at each start.
    """

    def __init__(self, name: str, colour: str | None, terminal: Terminal, secrets: Secrets) -> None:
        self._name = name
        self._colour = colour
        self._terminal = terminal
        self._secrets = secrets
        self._held: deque[str] | None = None
        self._lines: deque[str] = deque(maxlen=LAST_LINES)
        self._said_before: list[str] = []

    @property
    def last_lines(self) -> list[str]:
        """The last lines of the newest run."""
        return [line[:LONGEST_LINE] for line in self._lines]

    def begin(self, *, held: bool) -> None:
        """Begin the lines of a new run."""
        self._said_before = _without_numbers(self._lines)
        self._lines.clear()
        self._held = deque(maxlen=MOST_HELD_LINES) if held else None

    def add(self, lines: Iterable[str]) -> None:
        """Print or hold lines."""
        for line in map(self._secrets.hidden, lines):
            self._lines.append(line)
            if self._held is None:
                self._terminal.show(self._name, self._colour, [line])
            else:
                self._held.append(line)

    def release(self) -> None:
        """Print what is held, and from now on every line at once."""
        self._terminal.show(self._name, self._colour, self._held or ())
        self._held = None

    def repeat(self, count: int) -> None:
        """Print the last lines of the newest run again."""
        self._terminal.show(self._name, self._colour, list(self._lines)[-count:])

    def end(self) -> None:
        """End the run: what it said is printed unless the run before ended in the same words."""
        if self._held is not None and _without_numbers(self._lines) == self._said_before:
            self._held = None
        self.release()


def _without_numbers(lines: Iterable[str]) -> list[str]:
    # Times, process ids and addresses differ from run to run.
    return [re.sub(r"0x[0-9a-f]+|\d+", "0", line) for line in lines]
