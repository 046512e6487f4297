"""Tries thresholds of drift on a system's own past: windows of its log, and a change mixed into them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from backend.alerts.rules import RULES
from backend.contract.alert_trial import DriftTrial, TriedRule
from backend.drift.trial import (
    MOST_ROWS,
    Delay,
    Raised,
    Replay,
    delay,
    followed,
    moments,
    replay,
    step_of,
)
from backend.drift.usual.history import TrafficHistory
from backend.drift.usual.stored import InputChange, StoredTraffic
from backend.drift.window_alarm import WindowAlarm
from backend.retraining.configuration import drift_thresholds
from backend.serving.model_host import ModelHost
from backend.serving.served_model import ServedModel
from storage.database.connection import Database
from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.place import HAS_PLACE, LATITUDE, LONGITUDE
from storage.predictions.window import logged_span
from storage.schema.monitoring_config import MonitoringConfig

CHANGE_SHARE = 0.1
"""By how much the most important input is larger in what is mixed into the log."""
DRIFT = next(rule for rule in RULES if rule.name == "drift")


@dataclass(frozen=True)
class _Past:
    """The stored traffic of the served version, between two moments."""

    model: ServedModel
    traffic: StoredTraffic
    first: datetime
    last: datetime

    def judge(self, traffic: StoredTraffic, config: MonitoringConfig) -> Raised:
        """Return what judges a moment as a check with a configuration would."""
        length, rows = _length(config), min(MOST_ROWS, config.largest_window_rows)
        alarm = WindowAlarm(
            self.model.drift_detector,
            self.model.manifest.version,
            drift_thresholds(config),
            traffic,
            lambda until: traffic.read(until, length, rows),
        )
        return cache(partial(alarm.is_raised, length=length))

    def change(self, since: datetime) -> InputChange:
        """Return the change that is mixed in from a moment on."""
        model, column = self.model, most_important(self.model)
        return InputChange(since, column, 1 + CHANGE_SHARE, model.manifest.version, model.predict)


@dataclass(frozen=True)
class DriftTrials:
    """Judges the last days again; reads at most a few thousand rows of each of some windows."""

    host: ModelHost
    database: Database
    folder: Path

    def judge(
        self, config: MonitoringConfig, tried: MonitoringConfig, begin: datetime, now: datetime
    ) -> tuple[TriedRule, DriftTrial] | None:
        """Return what the thresholds in force and others would have done since ``begin``; None without a log.

        Raises
        ------
        DatabaseUnavailable
            If it cannot be read.
        """
        past = self._past(begin, now)
        if past is None:
            return None
        checks = moments(min(past.last, past.first + _length(config)), past.last)
        outcome = _memory(past, checks)
        (alarms, wait), (tried_alarms, tried_wait) = outcome(config), outcome(tried)
        rule = TriedRule(
            rule=DRIFT.name,
            title=DRIFT.title,
            alarms=alarms.alarms,
            minutes=alarms.minutes,
            delay_minutes=wait.minutes,
            delay_reason=wait.reason,
            tried_alarms=tried_alarms.alarms,
            tried_minutes=tried_alarms.minutes,
            tried_delay_minutes=tried_wait.minutes,
            tried_delay_reason=tried_wait.reason,
        )
        return rule, _described(past, checks, config)

    def _past(self, begin: datetime, now: datetime) -> _Past | None:
        logged = logged_span(self.database)
        if logged is None or logged[1] <= begin:
            return None
        model = self.host.current()
        history = TrafficHistory(
            model.drift_detector, model.manifest.version, self.database, self.folder
        )
        traffic = StoredTraffic(self.database, history)
        return _Past(model, traffic, max(logged[0], begin), min(logged[1], now))


def most_important(model: ServedModel) -> int:
    """Return the place of the number that most of a model's answers depends on, other than where rows lie."""
    shares = model.profile.importances.tolist()
    where = {LATITUDE, LONGITUDE} if HAS_PLACE else set()
    numbers = [
        place for place, one in enumerate(FEATURES) if one.categories is None and place not in where
    ]
    return max(numbers or range(len(FEATURES)), key=lambda place: shares[place])


def _memory(
    past: _Past, checks: list[datetime]
) -> Callable[[MonitoringConfig], tuple[Replay, Delay]]:
    """Return what judges a configuration: one that was judged already is not judged again."""
    return cache(lambda config: _outcome(past, checks, config))


def _outcome(past: _Past, checks: list[datetime], config: MonitoringConfig) -> tuple[Replay, Delay]:
    if not config.drift_detection_enabled:
        return Replay(0, 0.0), Delay(None)
    unchanged = past.judge(past.traffic, config)
    later = followed(past.first, past.last, _length(config))
    changed = past.judge(past.traffic.changed(past.change(later[0])), config)
    return replay(checks, unchanged), delay(later, changed, unchanged)


def _described(past: _Past, checks: list[datetime], config: MonitoringConfig) -> DriftTrial:
    later = followed(past.first, past.last, _length(config))
    return DriftTrial(
        since=checks[0] - _length(config),
        until=checks[-1],
        checks=len(checks),
        hours_between=step_of(checks).total_seconds() / 3600,
        rows=min(MOST_ROWS, config.largest_window_rows),
        input=FEATURE_NAMES[most_important(past.model)],
        change_share=CHANGE_SHARE,
        delay_hours_between=step_of(later).total_seconds() / 3600,
    )


def _length(config: MonitoringConfig) -> timedelta:
    return timedelta(hours=config.window_hours)
