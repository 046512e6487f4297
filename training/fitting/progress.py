"""Telling a person, or the log, how far a training is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from storage.schema.triggers import MlflowRun, WorkStage


class StepDisplay(Protocol):
    """Hears of every step when it begins; what it does not care about, it inherits."""

    def begin(self, step: str, number: int, total: int) -> None:
        """Step ``number`` (from 1) of ``total`` begins; ``step`` says what it does."""

    def enter(self, stage: WorkStage, steps: int) -> None:
        """The ``steps`` steps that come now are this stage."""
        return

    def recorded(self, run: MlflowRun) -> None:
        """MLflow records the training in ``run`` from now on."""
        return


class PlainSteps(StepDisplay):
    """Steps as plain lines with the time since the start, for a file or a pipe."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()

    def begin(self, step: str, number: int, total: int) -> None:
        """Print the step."""
        elapsed = time.monotonic() - self._started
        self._console.print(f"[{elapsed:5.1f} s] {number}/{total} {step}", markup=False)


class BarSteps(StepDisplay):
    """Steps as one moving bar, for a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("Starting", total=None)

    def begin(self, step: str, number: int, total: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, description=step, completed=number - 1, total=total)


@contextmanager
def step_display(console: Console) -> Iterator[StepDisplay]:
    """Show steps as a bar on a terminal and as lines elsewhere."""
    if not console.is_terminal:
        yield PlainSteps(console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield BarSteps(progress)
