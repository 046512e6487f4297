"""Measures what the rules judge: from the rollup, indexes and small files, never from all rows."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from backend.alerts.rules import Signal
from storage.database.backlog import BacklogReader
from storage.database.connection import Database
from storage.database.record_log import PageRequest, RecordLog
from storage.domain.written import figure
from storage.errors import DatabaseUnavailable
from storage.requests.history import FIRST_OF_SERVER
from storage.requests.summary import Range, summarize
from storage.retraining.queue import RetrainQueue
from storage.schema.alerts import RuleName
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.source import CUSTOMERS
from storage.schema.source_filter import is_from
from storage.schema.tables import labels, predictions
from storage.schema.traffic import Figures

SINGLE = ("/predict",)
PREDICTING = (
    "/predict",
    "/predict_batch",
    "/invocations",
    "/v2/models/<model_name>/infer",
    "/v2/models/<model_name>/versions/<version>/infer",
)
SHORT_STEP, LONG_STEP = timedelta(minutes=1), timedelta(minutes=10)
LONGEST_SHORT = timedelta(hours=1)
"""Steps as coarse as a window allows: ten times fewer counts are read than for a chart."""
NEWEST_CHECK = timedelta(hours=1)
"""Age of a check from which on it says nothing about now."""

Signals = dict[RuleName, Signal]

_NEWEST_PREDICTION = (
    sa.select(predictions.c.timestamp)
    .where(is_from(predictions.c.source, CUSTOMERS))
    .order_by(predictions.c.timestamp.desc())
    .limit(1)
)
_NEWEST_LABEL = sa.select(labels.c.timestamp).order_by(labels.c.timestamp.desc()).limit(1)


class AlertSignals:
    """Measures the signals of one system; what cannot be read now is unknown."""

    def __init__(
        self,
        database: Database,
        record_log: RecordLog,
        queue: RetrainQueue,
        backlog: BacklogReader,
    ) -> None:
        self._database = database
        self._record_log = record_log
        self._queue = queue
        self._backlog = backlog

    def measure(self, now: datetime, config: MonitoringConfig) -> Signals:
        """Return what is known now of every signal but the outage, which is seen from outside only."""
        found: Signals = {
            "outage": Signal(None, "The monitor sees it from outside"),
            "spool_backlog": self._waiting(now),
            "retraining_failed": self._retraining(),
        }
        parts: tuple[tuple[tuple[RuleName, ...], Callable[[], Signals]], ...] = (
            (("error_rate", "latency"), lambda: self._traffic(now, config)),
            (("no_traffic", "label_delay"), lambda: self._arrivals(now)),
            (
                ("drift", "realized_error", "estimated_error", "coverage"),
                lambda: self._checked(now),
            ),
        )
        for names, measure in parts:
            with _unknown_without_database(found, names):
                found |= measure()
        return found

    def _traffic(self, now: datetime, config: MonitoringConfig) -> Signals:
        window = timedelta(minutes=config.alert_traffic_window_minutes)
        step = SHORT_STEP if window <= LONGEST_SHORT else LONG_STEP
        asked, needed = Range.before(now, window, step), config.alert_minimum_requests
        every = summarize(self._database, asked, PREDICTING, CUSTOMERS).totals
        single = summarize(self._database, asked, SINGLE, CUSTOMERS).totals
        period = f"in the last {config.alert_traffic_window_minutes:g} min"
        return {
            "error_rate": error_share(every, needed, period),
            "latency": latency(single, needed, period),
        }

    def _arrivals(self, now: datetime) -> Signals:
        with self._database.transaction() as connection:
            predicted = connection.execute(_NEWEST_PREDICTION).scalar()
            labelled = connection.execute(_NEWEST_LABEL).scalar()
        return {
            "no_traffic": quiet(predicted, now),
            "label_delay": _label_delay(predicted, labelled, now),
        }

    def _checked(self, now: datetime) -> Signals:
        rows = self._record_log.events(PageRequest(limit=1), kinds=("check",)).rows
        if not rows or now - rows[0]["timestamp"] > NEWEST_CHECK:
            absent = Signal(None, "There was no check in the last hour")
            return dict.fromkeys(("drift", "realized_error", "estimated_error", "coverage"), absent)
        return of_check(rows[0]["figures"])

    def _waiting(self, now: datetime) -> Signal:
        backlog = self._backlog.read(now)
        minutes = backlog.oldest_age_seconds / 60
        return Signal(
            minutes, f"The oldest of {backlog.bytes:,} bytes has waited for {minutes:.1f} min"
        )

    def _retraining(self) -> Signal:
        newest = self._queue.newest(1, ("done", "failed"))
        if not newest:
            return Signal(0.0, "No retraining has ended yet")
        trigger = newest[0].trigger
        if newest[0].state == "done":
            return Signal(0.0, f"The last retraining, {trigger.trigger_id}, was carried out")
        problem = (trigger.result or {}).get("error") or "its log says why"
        return Signal(1.0, f"Retraining {trigger.trigger_id}: {problem}")


def of_check(figures: Mapping[str, Any]) -> Signals:
    """Return the signals that a check's figures hold; null figures are unknown."""
    return {
        "drift": _flag(figures.get("drift_alarm"), _drift_words(figures)),
        "realized_error": _flag(
            figures.get("realized_degraded"), _error_words("Realized", "realized", figures)
        ),
        "estimated_error": _flag(
            figures.get("estimated_degraded"), _error_words("Estimated", "estimated", figures)
        ),
        "coverage": _flag(
            figures.get("intervals_too_narrow"),
            f"The intervals hold {_share(figures.get('interval_coverage'))} of the actual values",
        ),
    }


@contextmanager
def _unknown_without_database(found: Signals, names: tuple[RuleName, ...]) -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        found |= dict.fromkeys(names, Signal(None, str(error)))


def error_share(figures: Figures, needed: int, period: str) -> Signal:
    """Return the share of requests that the service failed."""
    if figures.requests < needed:
        return _too_few(figures.requests, needed, period)
    failed = sum(
        number for status, number in figures.errors_by_status.items() if status >= FIRST_OF_SERVER
    )
    share = failed / figures.requests
    return Signal(share, f"{share:.1%} of {figures.requests:,} requests {period} failed")


def latency(figures: Figures, needed: int, period: str) -> Signal:
    """Return the 95th percentile of the latency, in milliseconds."""
    if figures.requests < needed or figures.p95 is None:
        return _too_few(figures.requests, needed, period)
    words = f"95% of {figures.requests:,} predictions {period} took up to {figures.p95:.0f} ms"
    return Signal(figures.p95, words)


def _too_few(requests: int, needed: int, period: str) -> Signal:
    """Too few to judge is not bad: an alert ends when its traffic does."""
    return Signal(0.0, f"{requests:,} requests {period} are too few to judge ({needed:,} needed)")


def quiet(predicted: datetime | None, now: datetime) -> Signal:
    """Return for how many minutes no customer has asked."""
    if predicted is None:
        return Signal(0.0, "No customer has asked for a prediction yet")
    minutes = max(0.0, (now - predicted).total_seconds() / 60)
    return Signal(minutes, f"The last prediction for a customer was {minutes:,.1f} min ago")


def _label_delay(predicted: datetime | None, labelled: datetime | None, now: datetime) -> Signal:
    if labelled is None:
        return Signal(0.0, "No actual value has arrived yet")
    if predicted is None or predicted <= labelled:
        return Signal(0.0, "There are no predictions after the last actual value")
    days = max(0.0, (now - labelled).total_seconds() / 86_400)
    return Signal(days, f"The last actual value arrived {days:.1f} days ago")


def _flag(value: bool | None, words: str) -> Signal:
    if value is None:
        return Signal(None, "The last check could not judge it")
    return Signal(float(value), words)


def _drift_words(figures: Mapping[str, Any]) -> str:
    if figures.get("drift_share") is None:
        return "Too few predictions to compare; no alarm is raised"
    share = f"{_share(figures['drift_share'])} of the inputs have drifted"
    if not figures.get("drift_alarm"):
        return f"{share}; no alarm is raised"
    # Checks from before causes were named have none.
    harm = str(figures.get("drift_harm") or "").removesuffix(".")
    return f"{share}. {harm}" if harm else share


def _error_words(word: str, name: str, figures: Mapping[str, Any]) -> str:
    rmse, baseline = figures.get(f"{name}_rmse"), figures.get(f"{name}_baseline_rmse")
    if rmse is None or baseline is None:
        return f"{word} RMSE against the holdout's"
    return f"{word} RMSE {figure(rmse, 3)}, the holdout's {figure(baseline, 3)}"


def _share(value: float | None) -> str:
    return "An unknown share" if value is None else f"{value:.1%}"
