"""The checks that the monitor asks for: kept on the timeline, with the alerts and the trigger they raise."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.metrics.metrics import Metrics
from backend.retraining.check import ErrorLook, RetrainingCheck, RetrainingChecks
from backend.retraining.requests import RetrainingRequests
from storage.database.record_log import PageRequest, RecordLog
from storage.schema.records import EventRecord
from storage.schema.triggers import DataWindow
from storage.spool.timeline import Timeline
from training.evaluation.bootstrap import Estimate

ALERTS = {
    "drift_alarm": "The inputs have drifted",
    "realized_degraded": "The realized error has risen",
    "estimated_degraded": "The error is estimated to have risen",
}
"""Figures that are news when they become true, and what they mean."""


@dataclass(frozen=True)
class StoredCheck:
    """A check, its event, the alerts that are new with it, and the retraining that it asked for."""

    check: RetrainingCheck
    check_id: str
    alerts: tuple[str, ...]
    trigger_id: str | None


class ScheduledChecks:
    """Runs checks of the logged window and keeps what they found."""

    def __init__(
        self,
        checks: RetrainingChecks,
        record_log: RecordLog,
        requests: RetrainingRequests,
        timeline: Timeline,
        metrics: Metrics,
    ) -> None:
        self._checks = checks
        self._record_log = record_log
        self._requests = requests
        self._timeline = timeline
        self._metrics = metrics

    def run(self, now: datetime, asked_by: str) -> StoredCheck:
        """Check, keep, alert; ask for a retraining if the policy says so and nothing blocks it.

        Raises
        ------
        ModelUnavailable, DatabaseUnavailable
            If there is nothing to check; nothing is kept then.
        QueueUnavailable
            If the trigger could not be kept.
        """
        before = self._last_figures()
        check = self._checks.window(now)
        trigger_id = self._ask(check)
        figures = _figures(check) | {"trigger_id": trigger_id}
        event = EventRecord(
            timestamp=now,
            event_kind="check",
            actor=asked_by,
            subject=check.model_version,
            summary=" ".join(check.decision.reasons),
            figures=figures,
        )
        alerts = tuple(
            f"{meaning}. {' '.join(check.decision.reasons)}"
            for name, meaning in ALERTS.items()
            if figures[name] and not before.get(name)
        )
        self._timeline.record(event, *(_alert(check, text) for text in alerts))
        self._measure(check)
        return StoredCheck(check, event.event_id, alerts, trigger_id)

    def _last_figures(self) -> dict[str, Any]:
        rows = self._record_log.events(PageRequest(limit=1), kinds=("check",)).rows
        return dict(rows[0]["figures"]) if rows else {}

    def _ask(self, check: RetrainingCheck) -> str | None:
        if not check.decision.asks_by_itself:
            return None
        length = timedelta(hours=check.config.window_hours)
        window = DataWindow(since=check.at - length, until=check.at)
        trigger = self._requests.ask_by_itself(check.decision, window)
        return trigger.trigger_id if trigger is not None else None

    def _measure(self, check: RetrainingCheck) -> None:
        figures = check.decision.figures
        if check.drift is not None:
            self._metrics.set_drift_share(check.drift.finding.share)
        if check.error is not None:
            self._metrics.set_realized_error(_number(figures["realized_rmse"]))
            self._metrics.set_estimated_error(_number(figures["estimated_rmse"]))


def _alert(check: RetrainingCheck, text: str) -> EventRecord:
    return EventRecord(
        timestamp=check.at,
        event_kind="alert",
        actor="policy",
        subject=check.model_version,
        summary=text,
        figures=dict(check.decision.figures),
    )


def _figures(check: RetrainingCheck) -> dict[str, Any]:
    """Return what the time series are drawn from, and what was decided."""
    drift, decision = check.drift, check.decision
    return {
        **decision.figures,
        **_confidence(check.error),
        "window_since": (check.at - timedelta(hours=check.config.window_hours)).isoformat(),
        "window_until": check.at.isoformat(),
        "drift_rows": drift.report.rows if drift is not None else None,
        "drifted_features": list(drift.report.drifted_features) if drift is not None else None,
        "should_retrain": decision.should_retrain,
        "source": decision.source,
        "blocked_by": list(decision.blocked_by),
    }


def _confidence(error: ErrorLook | None) -> dict[str, float | None]:
    realized = error.realized.rmse if error is not None else None
    estimated = error.estimated.rmse if error is not None and error.estimated is not None else None
    return {**_bounds("realized_rmse", realized), **_bounds("estimated_rmse", estimated)}


def _bounds(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    return {
        f"{name}_lower": estimate.lower if estimate is not None else None,
        f"{name}_upper": estimate.upper if estimate is not None else None,
    }


def _number(value: float | int | str | bool | None) -> float | None:
    return float(value) if isinstance(value, int | float) else None
