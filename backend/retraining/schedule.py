"""The checks that the monitor requests: recorded on the timeline, with their alerts and triggers."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from backend.contract.drift.harm import DriftHarm
from backend.contract.retraining.check import StoredCheckResponse
from backend.metrics.metrics import Metrics
from backend.retraining.check import ErrorLook, RetrainingCheck, RetrainingChecks
from backend.retraining.check_answer import stored_response
from backend.retraining.requests import RetrainingRequests
from storage.database.record_log import PageRequest, RecordLog
from storage.schema.estimate import Estimate
from storage.schema.records import EventRecord
from storage.schema.triggers import DataWindow
from storage.spool.timeline import Timeline

logger = logging.getLogger(__name__)

ALERTS = {
    "drift_alarm": "The inputs have drifted",
    "realized_degraded": "The realized error has risen",
    "intervals_too_narrow": "The intervals hold too few actual values",
    "estimated_degraded": "The estimated error has risen",
}
"""Figures that raise an alert when they become true, and the text of the alert."""


class ScheduledChecks:
    """Runs checks of the logged window and records the results."""

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

    def run(self, now: datetime, asked_by: str) -> StoredCheckResponse:
        """Check, record and alert; request a retraining if the policy suggests one and nothing blocks it.

        Raises
        ------
        ModelUnavailable, DatabaseUnavailable
            If the check could not run; nothing is recorded.
        QueueUnavailable
            If the trigger could not be stored.
        """
        before = self._last_figures()
        self._learn(now)
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
        alerts = [
            f"{meaning}. {_reasons(name, check, figures)}"
            for name, meaning in ALERTS.items()
            if figures[name] and not before.get(name)
        ]
        self._timeline.record(event, *(_alert(check, text) for text in alerts))
        self._measure(check)
        return stored_response(check, event.event_id, alerts, trigger_id)

    def _learn(self, now: datetime) -> None:
        try:
            self._checks.learn(now)
        except OSError as error:  # a full disk; the check itself needs nothing new
            logger.warning("The hours of traffic cannot be kept: %s", error)

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


def _reasons(name: str, check: RetrainingCheck, figures: Mapping[str, Any]) -> str:
    harm = [figures["drift_harm"]] if name == "drift_alarm" and figures["drift_harm"] else []
    return " ".join([*check.decision.reasons, *harm])


def _harm_figures(harm: DriftHarm | None) -> dict[str, float | str | None]:
    """Return the cause and the cost of a change of the traffic, as figures and in words."""
    return {
        "drift_cause": harm.cause.name if harm is not None else None,
        "drift_harm": None if harm is None else " ".join(harm.sentences),
        **_estimate("drift_error_per_day", harm.per_day if harm is not None else None),
        **_estimate("drift_cost_per_day", harm.cost_per_day if harm is not None else None),
    }


def _estimate(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    return {name: estimate.value if estimate is not None else None, **_bounds(name, estimate)}


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
    """Return the figures for the time series, and the decision."""
    drift, decision = check.drift, check.decision
    return {
        **decision.figures,
        **_confidence(check.error),
        **_harm_figures(drift.harm if drift is not None else None),
        "window_since": (check.at - timedelta(hours=check.config.window_hours)).isoformat(),
        "window_until": check.at.isoformat(),
        "drift_rows": drift.analysis.n_samples if drift is not None else None,
        "drifted_features": drift.analysis.drifted_features if drift is not None else None,
        "should_retrain": decision.should_retrain,
        "source": decision.source,
        "blocked_by": list(decision.blocked_by),
    }


def _confidence(error: ErrorLook | None) -> dict[str, float | None]:
    analysis = error.analysis if error is not None else None
    realized = analysis.realized.rmse if analysis is not None else None
    guessed = analysis.estimated if analysis is not None else None
    estimated = guessed.estimated_rmse if guessed is not None else None
    return {**_bounds("realized_rmse", realized), **_bounds("estimated_rmse", estimated)}


def _bounds(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    return {
        f"{name}_lower": estimate.lower if estimate is not None else None,
        f"{name}_upper": estimate.upper if estimate is not None else None,
    }


def _number(value: float | int | str | bool | None) -> float | None:
    return float(value) if isinstance(value, int | float) else None
