"""/monitoring/config, /status and /history: configuration, state and timeline of monitoring."""

from flask import Blueprint, Response, request

from backend.contract.monitoring import ConfigChange, EventRow, HistoryQuery, HistoryResponse
from backend.retraining.configuration import config_response
from backend.routes.records.lists import echoed_filters, page_request
from backend.services import current_services
from backend.web.answers import answer
from backend.web.authorization import current_actor
from backend.web.request_audit import tell
from backend.web.validation import read_body, read_query, read_values
from storage.schema.monitoring_config import MonitoringConfig

blueprint = Blueprint("monitoring", __name__, url_prefix="/monitoring")


@blueprint.get("/config")
def config() -> Response:
    """Return the monitoring configuration in force, and what each value means."""
    return answer(config_response(current_services().configuration.current()))


@blueprint.put("/config")
def change_config() -> Response:
    """Change some values of the monitoring configuration; needs the role admin."""
    services = current_services()
    limit_bytes = services.settings.backend.request_limit_bytes
    asked = read_body(ConfigChange, limit_bytes, services.metrics)
    changes = asked.values
    before = services.configuration.current().config.model_dump()
    read_values(MonitoringConfig, before | changes)
    stored = services.configuration.change(changes, current_actor())
    who = {} if asked.person is None else {"person": asked.person}
    tell("configuration changed", str(stored.version), asked.reason, **who, changes=changes)
    return answer(config_response(stored))


@blueprint.get("/status")
def status() -> Response:
    """Return what is monitored, the queued retrainings and the last check."""
    return answer(current_services().monitoring.current())


@blueprint.get("/history")
def history() -> Response:
    """Return the timeline: checks, alerts, retrainings, promotions and changes, newest first."""
    query = read_query(HistoryQuery, request.args)
    page = current_services().record_log.events(page_request(query), kinds=query.kinds)
    body = HistoryResponse(
        events=[EventRow(kind=row["event_kind"], **row) for row in page.rows],
        total=len(page.rows),
        filters=echoed_filters(query),
        next_page_token=page.next_page_token,
    )
    return answer(body)
