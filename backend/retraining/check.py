"""Whether to retrain: checks rows or the logged window, and applies the policy."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from backend.contract.drift.analysis import DriftAnalysis
from backend.contract.drift.harm import DriftHarm
from backend.contract.retraining.check import PerformanceAnalysis, RetrainingDecision
from backend.drift.check import AskedWindow, check_window, compare_rows
from backend.drift.usual.history import TrafficHistory
from backend.harm.check import HarmCheck
from backend.performance.baseline import SEED, JudgedVersion
from backend.performance.check import PerformanceCheck
from backend.performance.realized import realized_error
from backend.retraining.configuration import MonitoringConfiguration, drift_thresholds, policy_rules
from backend.retraining.findings import drift_finding, estimated_finding, realized_finding
from backend.retraining.policy import (
    Circumstances,
    DriftFinding,
    ErrorFinding,
    KnownLesson,
    decide,
)
from backend.retraining.requests import CHECK
from backend.serving.model_host import ModelHost
from backend.serving.served_model import ServedModel
from storage.database.connection import Database
from storage.errors import DatabaseUnavailable, HousingError
from storage.models.store import ModelStore
from storage.predictions.labels import count_labels_since
from storage.retraining.queue import RetrainQueue
from storage.schema.arrays import FloatArray
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.predictions import LabelledPredictions

logger = logging.getLogger(__name__)

HOUR_SECONDS, DAY_SECONDS = 3_600.0, 86_400.0
MOST_RETRAININGS = 100
"""Latest finished retrainings among which the last one that a check requested is searched."""


@dataclass(frozen=True)
class ErrorLook:
    """The error analysis, and its findings for the policy."""

    analysis: PerformanceAnalysis
    realized_finding: ErrorFinding
    estimated_finding: ErrorFinding | None


@dataclass(frozen=True)
class DriftLook:
    """The drift analysis, its finding for the policy, and of logged predictions what the change costs."""

    analysis: DriftAnalysis
    finding: DriftFinding
    harm: DriftHarm | None = None


@dataclass(frozen=True)
class RetrainingCheck:
    """Results and decision of one check; None: switched off, or nothing was sent for it."""

    at: datetime
    model_version: str
    config: MonitoringConfig
    drift: DriftLook | None
    error: ErrorLook | None
    circumstances: Circumstances
    decision: RetrainingDecision


class RetrainingChecks:
    """Runs checks and decides; changes nothing.

    ``lesson`` returns the checksum of what a retraining that is requested now would learn; it is called only
    where a check would request one, as it takes up to some seconds.
    """

    def __init__(
        self,
        host: ModelHost,
        database: Database,
        performance: PerformanceCheck,
        configuration: MonitoringConfiguration,
        queue: RetrainQueue,
        store: ModelStore,
        lesson: Callable[[datetime], str],
        traffic: Path,
    ) -> None:
        self._traffic = traffic
        self._lesson = lesson
        self._host = host
        self._database = database
        self._performance = performance
        self._harm = HarmCheck(database, performance)
        self._configuration = configuration
        self._queue = queue
        self._store = store

    def rows(
        self, now: datetime, inputs: FloatArray | None, labelled: LabelledPredictions | None
    ) -> RetrainingCheck:
        """Check rows that were sent: inputs (n, d) with NaN for missing values, and pairs of values."""
        model, config = self._host.current(), self._configuration.current().config
        drift = error = None
        if inputs is not None:
            compared = compare_rows(
                model.drift_detector, model.predict, inputs, drift_thresholds(config)
            )
            drift = DriftLook(compared, drift_finding(compared))
        if labelled is not None:
            error = self._error_of(model, labelled, config)
        return self._decided(now, model, config, drift, error)

    def learn(self, now: datetime) -> None:
        """Read the hours of traffic that are not known yet, a few at a time.

        Raises
        ------
        DatabaseUnavailable
            If they cannot be read.
        """
        model = self._host.current()
        history = TrafficHistory(
            model.drift_detector, model.manifest.version, self._database, self._traffic
        )
        history.learn(now)

    def window(self, now: datetime) -> RetrainingCheck:
        """Check the predictions logged in the configured window.

        Raises
        ------
        DatabaseUnavailable
            If they cannot be read.
        """
        model, config = self._host.current(), self._configuration.current().config
        length = timedelta(hours=config.window_hours)
        drift = error = None
        if config.drift_detection_enabled:
            asked = AskedWindow(now, length, drift_thresholds(config), config.largest_window_rows)
            version = model.manifest.version
            found = check_window(
                model.drift_detector, version, self._database, self._traffic, asked
            )
            found = self._harm.with_harm(found, model, asked, config)
            finding = drift_finding(found.drift_analysis, found.alarm, found.usual_traffic)
            drift = DriftLook(found.drift_analysis, finding, found.harm)
        if config.performance_monitoring_enabled:
            error = self._error_in_window(model, now, length, config)
        return self._decided(now, model, config, drift, error)

    def _error_of(
        self, model: ServedModel, labelled: LabelledPredictions, config: MonitoringConfig
    ) -> ErrorLook:
        baseline = self._performance.baselines.of(JudgedVersion.serving(model))
        minimum, margin = config.performance_minimum_rows, config.degradation_margin_share
        realized = realized_error(labelled, SEED, minimum)
        compared = baseline.degradation(labelled, margin, minimum)
        finding = realized_finding(realized, compared, baseline.realized, margin)
        analysis = PerformanceAnalysis(realized=realized, degradation=compared, estimated=None)
        return ErrorLook(analysis, finding, None)

    def _error_in_window(
        self, model: ServedModel, now: datetime, length: timedelta, config: MonitoringConfig
    ) -> ErrorLook:
        margin = config.degradation_margin_share
        judged = JudgedVersion.serving(model)
        report = self._performance.report(
            judged, now, length, config.performance_minimum_rows, margin
        )
        return ErrorLook(
            analysis=PerformanceAnalysis(
                realized=report.realized,
                degradation=report.degradation,
                estimated=report.estimated,
            ),
            realized_finding=realized_finding(
                report.realized, report.degradation, report.baseline, margin
            ),
            estimated_finding=estimated_finding(report.estimated, report.baseline, margin),
        )

    def _decided(
        self,
        now: datetime,
        model: ServedModel,
        config: MonitoringConfig,
        drift: DriftLook | None,
        error: ErrorLook | None,
    ) -> RetrainingCheck:
        findings = (
            drift.finding if drift is not None else None,
            error.realized_finding if error is not None else None,
            error.estimated_finding if error is not None else None,
        )
        circumstances, rules = self._circumstances(now, model), policy_rules(config)
        decision = decide(*findings, circumstances, rules)
        if decision.asks_by_itself:
            known = self._known_lesson(now, model.manifest.version)
            circumstances = replace(circumstances, known_lesson=known)
            decision = decide(*findings, circumstances, rules)
        return RetrainingCheck(
            now, model.manifest.version, config, drift, error, circumstances, decision
        )

    def _circumstances(self, now: datetime, model: ServedModel) -> Circumstances:
        trained_at = model.manifest.trained_at
        newest = max([trained_at, *(each.created_at for each in self._store.versions())])
        return Circumstances(
            model_age_days=max(0.0, (now - trained_at).total_seconds() / DAY_SECONDS),
            newly_labelled_rows=self._labelled_since(newest),
            open_retrainings=(*self._queue.running(), *self._queue.pending()),
            hours_since_retraining=self._hours_since_retraining(now),
        )

    def _known_lesson(self, now: datetime, serves: str) -> KnownLesson | None:
        """Return the newest version of the same data, without a champion that cannot serve."""
        try:
            lesson = self._lesson(now)
        except HousingError as error:
            logger.warning("Whether there is anything new to learn is not known: %s", error)
            return None
        way = self._store.way_back()
        for one in self._store.versions():
            refused_by_host = one.version == way.champion != serves
            if one.lesson_sha256 == lesson and not refused_by_host:
                return KnownLesson(
                    version=one.version,
                    trained_at=one.created_at,
                    serves=one.version == serves,
                    has_served=one.version in way.served,
                )
        return None

    def _labelled_since(self, moment: datetime) -> int:
        try:
            return count_labels_since(self._database, moment)
        except DatabaseUnavailable:
            return 0  # rows that are sent can be checked without the database

    def _hours_since_retraining(self, now: datetime) -> float | None:
        for trigger in self._queue.history(MOST_RETRAININGS):
            if trigger.requested_by != CHECK:
                continue  # a person's retraining is no answer to a check: the next may ask
            ended = trigger.finished_at or trigger.created_at
            return max(0.0, (now - ended).total_seconds() / HOUR_SECONDS)
        return None
