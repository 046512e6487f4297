"""/monitoring/config, /status, /history: how the system is watched, and what happened to it."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, request

from backend.contract.monitoring import (
    ConfigChange,
    ConfigResponse,
    EventRow,
    HistoryQuery,
    HistoryResponse,
    LastCheck,
    StatusResponse,
)
from backend.retraining.configuration import definitions
from backend.routes.records import echoed_filters, page_request
from backend.services import Services, current_services
from backend.web.answers import answer
from backend.web.authorization import current_actor
from backend.web.request_audit import tell
from backend.web.validation import read_body, read_query, read_values
from storage.database.monitoring_config import StoredConfig
from storage.database.record_log import PageRequest
from storage.errors import DatabaseUnavailable
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.records import utc_now

blueprint = Blueprint("monitoring", __name__, url_prefix="/monitoring")

MISSED_ROUNDS = 3
"""Rounds of the monitor without a summary after which it counts as not running."""
SHORTEST_PATIENCE = timedelta(minutes=2)


@blueprint.get("/config")
def config() -> Response:
    """Give the monitoring configuration in force, and what each value means."""
    return answer(_described(current_services().configuration.current()))


@blueprint.put("/config")
def change_config() -> Response:
    """Change values of the monitoring configuration, the others staying; needs the role admin."""
    services = current_services()
    limit_bytes = services.settings.backend.request_limit_bytes
    changes = read_body(ConfigChange, limit_bytes, services.metrics).root
    before = services.configuration.current().config.model_dump()
    read_values(MonitoringConfig, before | changes)
    stored = services.configuration.change(changes, current_actor())
    tell("configuration changed", str(stored.version), changes=changes)
    return answer(_described(stored))


@blueprint.get("/status")
def status() -> Response:
    """Tell what is watched, what waits for retraining, and what the last check found."""
    services = current_services()
    stored = services.configuration.current()
    seen_at = _monitor_seen_at(services)
    pending, running = services.queue.pending(), services.queue.running()
    last_check, available = _last_check(services)
    body = StatusResponse(
        monitoring_active=_is_recent(seen_at, services.settings.monitor.interval_seconds),
        monitor_seen_at=seen_at,
        drift_detection_enabled=stored.config.drift_detection_enabled,
        performance_monitoring_enabled=stored.config.performance_monitoring_enabled,
        automatic_retraining_enabled=stored.config.automatic_retraining_enabled,
        pending_retraining_triggers=len(pending),
        running_retrainings=running,
        trigger_files=services.queue.open_files(),
        last_check=last_check,
        database_available=available,
    )
    return answer(body)


@blueprint.get("/history")
def history() -> Response:
    """Give the timeline: checks, alerts, retrainings, promotions, changes; newest first."""
    query = read_query(HistoryQuery, request.args)
    page = current_services().record_log.events(page_request(query), kinds=query.kinds)
    body = HistoryResponse(
        events=[EventRow(kind=row["event_kind"], **row) for row in page.rows],
        total=len(page.rows),
        filters=echoed_filters(query),
        next_page_token=page.next_page_token,
    )
    return answer(body)


def _described(stored: StoredConfig) -> ConfigResponse:
    return ConfigResponse(
        config=stored.config,
        version=stored.version,
        changed_at=stored.changed_at,
        changed_by=stored.changed_by,
        readable=stored.readable,
        definitions=definitions(),
    )


def _monitor_seen_at(services: Services) -> datetime | None:
    try:
        written = services.settings.paths.monitoring_summary.stat().st_mtime
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(written, UTC)


def _is_recent(seen_at: datetime | None, interval_seconds: float) -> bool:
    patience = max(SHORTEST_PATIENCE, MISSED_ROUNDS * timedelta(seconds=interval_seconds))
    return seen_at is not None and utc_now() - seen_at < patience


def _last_check(services: Services) -> tuple[LastCheck | None, bool]:
    try:
        rows = services.record_log.events(PageRequest(limit=1), kinds=("check",)).rows
    except DatabaseUnavailable:
        return None, False
    found = [LastCheck(**{name: row[name] for name in LastCheck.model_fields}) for row in rows]
    return (found[0] if found else None), True
