"""Creates the application and connects its parts."""

import gc
from datetime import datetime

from flask import Flask
from prometheus_client import CollectorRegistry

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
from backend.registry.gate_history import GateHistory
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
from backend.routes import (
    alerts,
    audit,
    database,
    documentation,
    drift,
    feedback,
    keys,
    model_versions,
    models,
    monitoring,
    notes,
    performance,
    predictions,
    remarks,
    retraining,
    retraining_check,
    service,
    shadow,
    what_if,
)
from backend.routes.protocols import open_inference, scoring
from backend.routes.records import counts, export, lists, requests, traffic
from backend.services import EXTENSION, Services
from backend.serving.dependence import GeneralAnswers
from backend.serving.drift_comparison import DriftComparisons
from backend.serving.drift_reference import References
from backend.serving.model_host import ModelHost
from backend.serving.prediction_service import PredictionService
from backend.supervisor.metrics import ProcessMetrics
from backend.web import answers, authorization, request_audit
from backend.web.allowed_methods import tell_own_methods
from backend.web.foreign_pages import refuse_foreign_pages
from backend.web.key_ring import KeyRing
from backend.web.prediction_shortcut import PredictionShortcut
from backend.web.refused_body import answer_refused_bodies
from backend.web.refused_keys import RefusedKeys
from backend.web.request_recorder import RequestRecorder, record_requests
from backend.web.traffic_source import mark_sources
from backend.web.trailing_slash import lead_to_paths_without_slash
from backend.web.validation import check_paths
from storage.audit.trail import AuditTrail
from storage.database.backlog import BacklogReader
from storage.database.connection import Database
from storage.database.record_log import RecordLog
from storage.idempotency.kept_answers import KeptAnswers
from storage.models.champion import ChampionSwitch
from storage.models.store import ModelStore
from storage.process.kinds import API
from storage.retraining.queue import RetrainQueue
from storage.settings import Settings, settings_or_exit
from storage.spool.log_handler import configure_logging, open_spool
from storage.spool.spool import Spool
from storage.spool.timeline import Timeline

ROUTES = (
    service.blueprint,
    documentation.blueprint,
    predictions.blueprint,
    open_inference.blueprint,
    scoring.blueprint,
    what_if.blueprint,
    lists.blueprint,
    traffic.blueprint,
    counts.blueprint,
    export.blueprint,
    requests.blueprint,
    database.blueprint,
    feedback.blueprint,
    monitoring.blueprint,
    notes.blueprint,
    performance.blueprint,
    shadow.blueprint,
    retraining.blueprint,
    retraining_check.blueprint,
    models.blueprint,
    model_versions.blueprint,
    remarks.blueprint,
    audit.blueprint,
    keys.blueprint,
    drift.blueprint,
    alerts.blueprint,
)


def create_app(settings: Settings, spool: Spool | None = None) -> Flask:
    """Create an application for the runtime folder and database of its settings.

    ``spool`` is this process's own, if it already has one.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.backend.request_limit_bytes
    services = _create_services(settings, spool or open_spool(settings))
    app.extensions[EXTENSION] = services
    answers.install(app)
    tell_own_methods(app)
    recorder = RequestRecorder(services.spool, services.metrics)
    record_requests(app, recorder)
    answer_refused_bodies(app)
    refuse_foreign_pages(app, settings.service_hosts)
    lead_to_paths_without_slash(app)
    request_audit.audit_changes(app, services.audit, services.metrics)
    authorization.guard(app, services.keys, settings, RefusedKeys(services.metrics, services.audit))
    mark_sources(app)
    check_paths(app)
    for blueprint in ROUTES:
        app.register_blueprint(blueprint)
    services.host.refresh()
    shortcut = PredictionShortcut(
        app.wsgi_app, services.keys, settings, services.predictions, recorder
    )
    app.wsgi_app = shortcut  # type: ignore[method-assign] # Flask's documented way to add middleware
    return app


def create_worker_app() -> Flask:
    """Create the application of one worker process, after the fork: settings, logging, model updates."""
    settings = settings_or_exit()
    spool = open_spool(settings)
    configure_logging(settings, spool, API)
    app = create_app(settings, spool)
    services: Services = app.extensions[EXTENSION]
    services.host.watch(settings.backend.model_poll_seconds)
    # Objects that live as long as the process are frozen: collecting them would delay answers by 40 ms.
    gc.collect()
    gc.freeze()
    return app


def _create_services(settings: Settings, spool: Spool) -> Services:
    database = Database(settings.database_address)
    store = ModelStore(settings.paths)
    metrics = Metrics(CollectorRegistry())
    database.on_reopened = lambda: metrics.count_reopened("database")
    spool.on_restored = lambda: metrics.count_reopened("spool")
    spool.on_refused = metrics.count_refused_record
    kept_answers = KeptAnswers(settings.paths.kept_answers, flushes=spool.flushes_answers)
    kept_answers.on_swept = metrics.count_swept_answers
    host = ModelHost(store, metrics)
    queue, timeline = RetrainQueue(settings.paths.triggers), Timeline(spool)
    record_log = RecordLog(database, settings.paths)
    requests = RetrainingRequests(queue, timeline)
    configuration = MonitoringConfiguration(
        database, spool, settings.backend.command_timeout_seconds
    )
    errors = PerformanceCheck(database)
    reports = VersionReports(
        store, settings.training.random_seed, settings.promotion.slice_minimum_rows
    )

    def lesson(now: datetime) -> str:
        # Imported when it is first needed: serving does without what trains.
        from training.fitting.lesson import present_lesson

        return present_lesson(settings, now)

    backlog, alerts_store = BacklogReader(database, settings.paths), AlertStore(settings.paths)
    checks = RetrainingChecks(
        host, database, errors, configuration, queue, store, lesson, settings.paths.traffic
    )
    return Services(
        settings=settings,
        spool=spool,
        database=database,
        host=host,
        predictions=PredictionService(host, spool, metrics),
        general_answers=GeneralAnswers(),
        record_log=record_log,
        metrics=metrics,
        performance=errors,
        harm=HarmCheck(database, errors),
        drift_comparisons=DriftComparisons(database, References()),
        segments=SegmentCheck(database, errors.baselines),
        configuration=configuration,
        timeline=timeline,
        monitoring=MonitoringStatus(
            configuration,
            queue,
            record_log,
            settings.paths.monitoring_summary,
            settings.monitor.interval_seconds,
        ),
        retraining_requests=requests,
        retrainings=RetrainingView(queue, settings.addresses.mlflow_url),
        learnable=LearnableRows(settings),
        checks=checks,
        drift_trials=DriftTrials(host, database, settings.paths.traffic),
        scheduled_checks=ScheduledChecks(checks, record_log, requests, timeline, metrics),
        queue=queue,
        store=store,
        versions=Versions(store, reports, GateHistory(queue), queue),
        version_reports=reports,
        champion_changes=ChampionChanges(ChampionSwitch(store, host.prove), timeline),
        audit=AuditTrail(settings.paths),
        keys=KeyRing(settings),
        kept_answers=kept_answers,
        spool_metrics=SpoolMetrics(backlog, settings.paths),
        worker_metrics=WorkerMetrics(settings.paths),
        process_metrics=ProcessMetrics(settings.paths),
        alerts=alerts_store,
        alert_signals=AlertSignals(database, record_log, queue, backlog),
        alert_metrics=AlertMetrics(alerts_store),
    )
