"""Progress of a backup or a restore: a bar on a terminal, a line for each step elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


class Display(Protocol):
    """Receives what is being done."""

    def begin(self, step: str) -> None:
        """Say that a step begins."""

    def advance(self, done: int, total: int) -> None:
        """Say how far the step is."""
        return


class Lines(Display):
    """A line a step, with the time since the start."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()

    def begin(self, step: str) -> None:
        """Print the step."""
        elapsed = time.monotonic() - self._started
        self._console.print(f"[{elapsed:5.1f} s] {step}", markup=False)


class Bar(Display):
    """A bar that starts again with each step."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def begin(self, step: str) -> None:
        """Start the bar again."""
        self._progress.reset(self._task, description=step, total=None)

    def advance(self, done: int, total: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done, total=total)


@contextmanager
def display() -> Iterator[Display]:
    """Show progress on the standard error output."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines(console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bar(progress)
