"""The displayed state of a retraining: stage, progress, times, verdict and MLflow run."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from backend.contract.retraining.runs import RetrainingResponse, RetrainingRow, RetrainingRun, Stage
from backend.retraining.remaining_time import (
    RemainingTime,
    TimedStep,
    remaining_time,
    timed_steps,
)
from storage.retraining.files import LOG
from storage.retraining.log import log_tail
from storage.retraining.queue import RetrainQueue
from storage.retraining.reader import CLOSED, FoundTrigger
from storage.schema.gate import decision_of
from storage.schema.triggers import HeartBeat, Trigger, TriggerStatus, WorkStage

EARLIER = 5
"""Number of earlier retrainings used to estimate the remaining time."""
MOST_SEARCHED = 50
"""Latest finished retrainings among which they are searched."""
SHOWN_LINES = 100
STAGES: dict[TriggerStatus, Stage] = {
    "pending": "waiting",
    "running": "claimed",
    "done": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}
"""The stage shown without a heartbeat."""


class RetrainingView:
    """Describes the triggers of one queue; ``mlflow_url`` is MLflow's address for a browser."""

    def __init__(self, queue: RetrainQueue, mlflow_url: str) -> None:
        self._queue = queue
        self._mlflow_url = mlflow_url.rstrip("/")

    def row(self, found: FoundTrigger, now: datetime) -> RetrainingRow:
        """Describe the current state of one retraining."""
        trigger, beat = found.trigger, found.beat
        result = trigger.result or {}
        remaining = self._remaining(found, now)
        kept = trigger.model_dump(include=set(RetrainingRow.model_fields))
        return RetrainingRow.model_validate(
            kept
            | {
                "state": found.state,
                "stage": beat.stage if beat else STAGES[found.state],
                "reached": beat.stage if beat else _reached(trigger),
                "step": beat.step if beat else None,
                "step_number": beat.number if beat else None,
                "steps": beat.total if beat else None,
                "progress": beat.progress if beat else _progress(found),
                "elapsed_seconds": _elapsed_seconds(found, now),
                "remaining_seconds": remaining.seconds if remaining is not None else None,
                "remaining_runs": remaining.runs if remaining is not None else None,
                "heartbeat_at": beat.at if beat else None,
                "cancellation": found.cancellation,
                "version": result.get("version"),
                "identical_to": result.get("identical_to"),
                "promoted": result.get("promoted"),
                "verdict": result.get("reason") or result.get("error"),
                "mlflow": self._run(beat, result),
            }
        )

    def detail(self, found: FoundTrigger, now: datetime) -> RetrainingResponse:
        """Describe one retraining with its figures, result and last log lines."""
        trigger = found.trigger
        return RetrainingResponse(
            **self.row(found, now).model_dump(),
            figures=trigger.figures,
            result=trigger.result,
            decision=decision_of(trigger),
            log_tail=log_tail(self._queue.files.path(trigger.trigger_id, LOG), SHOWN_LINES),
        )

    def _remaining(self, found: FoundTrigger, now: datetime) -> RemainingTime | None:
        beat, elapsed = found.beat, _elapsed_seconds(found, now)
        if beat is None or elapsed is None:
            return None
        step_seconds = max(0.0, (now - beat.begun_at).total_seconds())
        return remaining_time(beat, step_seconds, elapsed, self._earlier(found.trigger))

    def _earlier(self, trigger: Trigger) -> Sequence[tuple[TimedStep, ...]]:
        """Return the steps of the newest retrainings in which the same candidates competed."""
        done = (found.trigger for found in self._queue.newest(MOST_SEARCHED, ["done"]))
        alike = (one for one in done if _competing(one) == _competing(trigger))
        # Without a version, it ended before the training.
        trained = (one.result for one in alike if one.result and one.result.get("version"))
        return [timed_steps(result) for result in islice(trained, EARLIER)]

    def _run(self, beat: HeartBeat | None, result: dict[str, Any]) -> RetrainingRun | None:
        run = beat.mlflow.model_dump() if beat and beat.mlflow else result.get("mlflow")
        if run is None:
            return None
        page = f"/#/experiments/{run['experiment_id']}/runs/{run['run_id']}"
        return RetrainingRun(**run, url=self._mlflow_url + page)


def _competing(trigger: Trigger) -> frozenset[str] | None:
    candidates = trigger.plan.candidates if trigger.plan is not None else None
    return frozenset(candidates) if candidates is not None else None


def _elapsed_seconds(found: FoundTrigger, now: datetime) -> float | None:
    trigger = found.trigger
    if trigger.claimed_at is None:
        return None
    until = trigger.finished_at if found.state in CLOSED and trigger.finished_at else now
    return max(0.0, (until - trigger.claimed_at).total_seconds())


def _progress(found: FoundTrigger) -> float:
    return float(found.state in ("done", "failed"))


def _reached(trigger: Trigger) -> WorkStage | None:
    steps = (trigger.result or {}).get("steps")
    return steps[-1]["stage"] if steps else None
