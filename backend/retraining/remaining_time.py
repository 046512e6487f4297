"""Estimates the remaining time of a retraining from the steps of earlier ones, or from its progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from storage.schema.triggers import HeartBeat

SMALLEST_PROGRESS = 0.1
"""Below this share of progress, the elapsed time is no basis for an estimate."""


@dataclass(frozen=True)
class TimedStep:
    """A step of an earlier retraining and how long it took."""

    stage: str
    step: str
    seconds: float

    @property
    def name(self) -> tuple[str, str]:
        """Key for matching steps of different retrainings; versions in a gate's sentence differ."""
        return (self.stage, "" if self.stage == "publishing" else self.step)


@dataclass(frozen=True)
class RemainingTime:
    """An estimate, and how many earlier retrainings it rests on; 0: on the progress of this one."""

    seconds: float
    runs: int


def timed_steps(result: Mapping[str, Any] | None) -> tuple[TimedStep, ...]:
    """Return the timed steps in a result, if any."""
    found = (result or {}).get("steps") or []
    return tuple(TimedStep(**step) for step in found)


def remaining_time(
    beat: HeartBeat,
    step_seconds: float,
    elapsed_seconds: float,
    earlier: Sequence[tuple[TimedStep, ...]],
) -> RemainingTime | None:
    """Estimate the remaining time: the median over earlier retrainings with this step.

    Parameters
    ----------
    beat
        The worker's last heartbeat.
    step_seconds, elapsed_seconds
        Time since the start of this step, and of the retraining.
    earlier
        The steps of retrainings that completed.

    Examples
    --------
    >>> now = HeartBeat(stage="training", step="Fitting ridge", progress=0.5)
    >>> before = (TimedStep("training", "Fitting ridge", 4.0), TimedStep("gate", "Comparing", 3.0))
    >>> remaining_time(now, 1.0, 10.0, [before])
    RemainingTime(seconds=6.0, runs=1)
    >>> remaining_time(now, 1.0, 10.0, [])
    RemainingTime(seconds=10.0, runs=0)
    >>> remaining_time(now.model_copy(update={"progress": 0.0}), 0.0, 0.0, []) is None
    True
    """
    current = TimedStep(beat.stage, beat.step, step_seconds)
    known = [_after(steps, current) for steps in earlier if current.name in _names(steps)]
    if known:
        return RemainingTime(median(known), len(known))
    if beat.progress < SMALLEST_PROGRESS:
        return None
    return RemainingTime(elapsed_seconds * (1 - beat.progress) / beat.progress, 0)


def _names(steps: tuple[TimedStep, ...]) -> list[tuple[str, str]]:
    return [step.name for step in steps]


def _after(steps: tuple[TimedStep, ...], current: TimedStep) -> float:
    position = _names(steps).index(current.name)
    rest = max(0.0, steps[position].seconds - current.seconds)
    return rest + sum(step.seconds for step in steps[position + 1 :])
