"""Reporting the progress of a training to a person or the log."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from storage.retraining.queue import Claim
from storage.schema.records import utc_now
from storage.schema.triggers import Cancellation, HeartBeat, MlflowRun, WorkStage

BEAT_SECONDS = 5.0
OWN_STEPS = 3
"""Steps of a retraining besides those of its training: loading, gate, publishing."""


class StepDisplay(Protocol):
    """Receives each step as it begins; by default, it ignores them."""

    def begin(self, step: str, number: int, total: int) -> None:
        """Step ``number`` (from 1) of ``total`` begins; ``step`` says what it does."""

    def enter(self, stage: WorkStage, steps: int) -> None:
        """The next ``steps`` steps are this stage."""
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
    """Steps as a progress bar, for a terminal."""

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


class RetrainingCancelled(Exception):
    """The retraining was cancelled and stops between two steps."""

    def __init__(self, cancellation: Cancellation) -> None:
        super().__init__(f"Cancelled by {cancellation.requested_by}: {cancellation.reason}")


class ClaimedSteps(StepDisplay):
    """A display of steps with a heartbeat between them, so that a person sees that the worker is alive.

    Use it as a context manager: the heartbeat ends with it.

    Raises
    ------
    RetrainingCancelled
        By ``begin`` and ``work_on``, in place of the step, if somebody cancelled the retraining.
    """

    def __init__(self, claim: Claim, logger: logging.Logger) -> None:
        self._claim = claim
        self._logger = logger
        self._said = HeartBeat(stage="claimed", step="Claimed by the worker", progress=0.0)
        self._stage: WorkStage = "claimed"
        self._begun, self._all = 0, OWN_STEPS
        self._number, self._total = 0, 1
        self._ended: list[dict[str, Any]] = []
        self._kept: dict[str, Any] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart-beat", daemon=True)

    def __enter__(self) -> Self:
        self._claim.beat(self._said)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._end_step()

    def enter(self, stage: WorkStage, steps: int) -> None:
        """The next ``steps`` steps are this stage."""
        self._stage, self._number, self._total = stage, 0, steps

    def recorded(self, run: MlflowRun) -> None:
        """Report the MLflow run that records the training from now on."""
        self._say(self._said.model_copy(update={"mlflow": run}))

    def begin(self, step: str, number: int, total: int) -> None:
        """Report that step ``number`` (from 1) of ``total`` of the training begins."""
        self._all = total + OWN_STEPS
        self._begin(step)
        self._logger.info("%s (%d of %d)", step, number, total)

    def work_on(self, stage: WorkStage, step: str) -> None:
        """Report that a stage of one step begins, before or after the training."""
        self.enter(stage, 1)
        self._begin(step)
        self._logger.info("%s", step)

    def keep(self, **values: object) -> None:
        """Add something to the report, which survives the end of the work."""
        self._kept |= values

    @property
    def report(self) -> dict[str, Any]:
        """The added values, the MLflow run, and the seconds that each step took."""
        run = self._said.mlflow.model_dump() if self._said.mlflow is not None else None
        return self._kept | {"mlflow": run, "steps": [*self._ended]}

    def _begin(self, step: str) -> None:
        cancellation = self._claim.cancellation()
        if cancellation is not None:
            raise RetrainingCancelled(cancellation)
        self._end_step()
        self._number += 1
        beat = HeartBeat(
            stage=self._stage,
            step=step,
            number=self._number,
            total=max(self._number, self._total),
            progress=min(1.0, self._begun / self._all),
            mlflow=self._said.mlflow,
        )
        self._begun += 1
        self._say(beat)

    def _end_step(self) -> None:
        seconds = (utc_now() - self._said.begun_at).total_seconds()
        ended = {"stage": self._said.stage, "step": self._said.step, "seconds": round(seconds, 3)}
        self._ended.append(ended)

    def _say(self, beat: HeartBeat) -> None:
        self._said = beat
        self._claim.beat(beat)

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            self._claim.beat(self._said.model_copy(update={"at": utc_now()}))
