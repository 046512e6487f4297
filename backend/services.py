"""What the routes of one application share, made once by ``create_app``."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from backend.champion_desk import ChampionDesk
from backend.gate_history import GateHistory
from backend.metrics import Metrics
from backend.model_host import ModelHost
from backend.monitoring.configuration import MonitoringConfiguration
from backend.monitoring.retraining_desk import RetrainingDesk
from backend.performance_check import PerformanceCheck
from backend.prediction_service import PredictionService
from backend.retraining_check import RetrainingChecks
from backend.retraining_view import RetrainingView
from backend.scheduled_checks import ScheduledChecks
from backend.spool_metrics import SpoolMetrics
from backend.version_reports import VersionReports
from backend.worker_metrics import WorkerMetrics
from storage.audit import AuditTrail
from storage.database import Database
from storage.model_store import ModelStore
from storage.record_log import RecordLog
from storage.retrain_queue import RetrainQueue
from storage.settings import Settings
from storage.spool import Spool
from storage.timeline import Timeline

EXTENSION = "housing"


@dataclass(frozen=True)
class Services:
    """The parts behind the routes."""

    settings: Settings
    spool: Spool
    database: Database
    host: ModelHost
    predictions: PredictionService
    record_log: RecordLog
    metrics: Metrics
    configuration: MonitoringConfiguration
    timeline: Timeline
    desk: RetrainingDesk
    retrainings: RetrainingView
    performance: PerformanceCheck
    checks: RetrainingChecks
    scheduled_checks: ScheduledChecks
    queue: RetrainQueue
    store: ModelStore
    versions: VersionReports
    gate_history: GateHistory
    champion_desk: ChampionDesk
    audit: AuditTrail
    spool_metrics: SpoolMetrics
    worker_metrics: WorkerMetrics


def current_services() -> Services:
    """Return the parts of the application that answers the current request."""
    return cast(Services, current_app.extensions[EXTENSION])
