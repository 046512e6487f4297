"""The objects that the routes of one application share, created once by ``create_app``."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from backend.alerts.metrics import AlertMetrics
from backend.alerts.signals import AlertSignals
from backend.alerts.store import AlertStore
from backend.harm.check import HarmCheck
from backend.metrics.metrics import Metrics
from backend.metrics.spool import SpoolMetrics
from backend.metrics.worker import WorkerMetrics
from backend.performance.check import PerformanceCheck
from backend.performance.segment import SegmentCheck
from backend.registry.champion import ChampionChanges
from backend.registry.version_reports import VersionReports
from backend.registry.versions import Versions
from backend.retraining.check import RetrainingChecks
from backend.retraining.configuration import MonitoringConfiguration
from backend.retraining.drift_trial import DriftTrials
from backend.retraining.learnable import LearnableRows
from backend.retraining.requests import RetrainingRequests
from backend.retraining.rows import RetrainingView
from backend.retraining.schedule import ScheduledChecks
from backend.retraining.status import MonitoringStatus
from backend.serving.dependence import GeneralAnswers
from backend.serving.drift_comparison import DriftComparisons
from backend.serving.model_host import ModelHost
from backend.serving.prediction_service import PredictionService
from backend.supervisor.metrics import ProcessMetrics
from backend.web.key_ring import KeyRing
from storage.audit.trail import AuditTrail
from storage.database.connection import Database
from storage.database.record_log import RecordLog
from storage.errors import HousingError
from storage.idempotency.kept_answers import KeptAnswers
from storage.models.store import ModelStore
from storage.retraining.queue import RetrainQueue
from storage.settings import Settings
from storage.spool.spool import Spool
from storage.spool.timeline import Timeline

EXTENSION = "housing"


@dataclass(frozen=True)
class Services:
    """The objects behind the routes."""

    settings: Settings
    spool: Spool
    database: Database
    host: ModelHost
    predictions: PredictionService
    general_answers: GeneralAnswers
    record_log: RecordLog
    metrics: Metrics
    configuration: MonitoringConfiguration
    timeline: Timeline
    monitoring: MonitoringStatus
    retraining_requests: RetrainingRequests
    retrainings: RetrainingView
    learnable: LearnableRows
    performance: PerformanceCheck
    harm: HarmCheck
    drift_comparisons: DriftComparisons
    segments: SegmentCheck
    checks: RetrainingChecks
    drift_trials: DriftTrials
    scheduled_checks: ScheduledChecks
    queue: RetrainQueue
    store: ModelStore
    versions: Versions
    version_reports: VersionReports
    champion_changes: ChampionChanges
    audit: AuditTrail
    keys: KeyRing
    kept_answers: KeptAnswers
    spool_metrics: SpoolMetrics
    worker_metrics: WorkerMetrics
    process_metrics: ProcessMetrics
    alerts: AlertStore
    alert_signals: AlertSignals
    alert_metrics: AlertMetrics

    def can_predict(self) -> bool:
        """Return whether a model is loaded and predictions can be logged."""
        try:
            self.host.current()
            self.spool.check_room()
        except HousingError:
            return False
        return True


def current_services() -> Services:
    """Return the services of the current application."""
    return cast(Services, current_app.extensions[EXTENSION])
