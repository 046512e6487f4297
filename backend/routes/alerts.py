"""/alerts: what is wrong now and was lately, by which rules, and what a person does about it."""

import time
from datetime import timedelta
from functools import partial
from typing import TypeVar

from flask import Blueprint, Response, request

from backend.alerts.acts import acknowledged, alert_of, noted, silenced
from backend.alerts.machine import queued
from backend.alerts.rules import readings
from backend.alerts.shown import alert_row, alerts_response, trial_response, tried_routes
from backend.alerts.signals import PREDICTING, SINGLE
from backend.contract.alert_trial import AlertTrialQuery, AlertTrialRequest
from backend.contract.alerts import (
    AcknowledgeRequest,
    AlertAct,
    AlertResponse,
    AlertRulesResponse,
    NoteRequest,
    RoutesTestResponse,
    SilenceRequest,
)
from backend.services import current_services
from backend.web.answers import answer
from backend.web.request_audit import tell
from backend.web.validation import read_body, read_query, read_values
from storage.errors import StateConflict
from storage.requests.history import read_request_history
from storage.schema.alerts import AlertBook, AlertMessage, Note
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.records import utc_now

blueprint = Blueprint("alerts", __name__, url_prefix="/alerts")

TRIED = timedelta(days=30)
TEST_SECONDS = 20.0
"""How long a test of the routes waits for the monitor: a little longer than a route for its server."""
LOOK_SECONDS = 0.2

Body = TypeVar("Body", AcknowledgeRequest, SilenceRequest, NoteRequest, AlertAct)


@blueprint.get("")
def alerts() -> Response:
    """Return what is wrong now, what ended lately, and where messages about it go."""
    return answer(alerts_response(current_services().alerts.read(), utc_now()))


@blueprint.get("/rules")
def rules() -> Response:
    """Return each rule of alerts with its threshold and what is measured now."""
    services, now = current_services(), utc_now()
    config = services.configuration.current().config
    body = AlertRulesResponse(
        rules=readings(services.alert_signals.measure(now, config), config),
        outage_minutes=config.alert_outage_minutes,
        clear_minutes=config.alert_clear_minutes,
        repeat_hours=config.alert_repeat_hours,
    )
    return answer(body)


@blueprint.post("/trial")
def trial() -> Response:
    """Return what values of the configuration would have done in the last 30 days; changes nothing."""
    services, now = current_services(), utc_now()
    limit_bytes = services.settings.backend.request_limit_bytes
    query = read_query(AlertTrialQuery, request.args)
    changes = read_body(AlertTrialRequest, limit_bytes, services.metrics).root
    config = services.configuration.current().config
    tried = read_values(MonitoringConfig, config.model_dump() | changes)
    history = read_request_history(services.database, now - TRIED, now, PREDICTING, SINGLE)
    body = trial_response(history, config, tried)
    if query.drift and (judged := services.drift_trials.judge(config, tried, now - TRIED, now)):
        rule, drift = judged
        body = body.model_copy(update={"rules": [*body.rules, rule], "drift": drift})
    return answer(body)


@blueprint.post("/<alert_id>/acknowledge")
def acknowledge(alert_id: str) -> Response:
    """Take note of an alert, so that it is not repeated; needs the role operator."""
    body, now = _read(AcknowledgeRequest), utc_now()
    book = current_services().alerts.change(
        lambda before: acknowledged(before, alert_id, body.person, body.owner, now)
    )
    return _changed(book, alert_id, "alert acknowledged", body.person, body.reason)


@blueprint.post("/<alert_id>/silence")
def silence(alert_id: str) -> Response:
    """Send nothing about an alert's rule until a time, or end that; needs the role operator."""
    body, now = _read(SilenceRequest), utc_now()
    book = current_services().alerts.change(
        lambda before: silenced(before, alert_id, body.until, now)
    )
    action = "alert silenced" if body.until is not None else "silence of alert ended"
    return _changed(book, alert_id, action, body.person, body.reason)


@blueprint.post("/<alert_id>/note")
def note(alert_id: str) -> Response:
    """Write a note at an alert; needs the role operator."""
    body = _read(NoteRequest)
    written = Note(at=utc_now(), person=body.person, text=body.note)
    book = current_services().alerts.change(lambda before: noted(before, alert_id, written))
    return _changed(book, alert_id, "note at alert", body.person, body.note)


@blueprint.post("/routes/test")
def try_routes() -> Response:
    """Send a test message on every route and say which took it; needs the role admin."""
    body, services = _read(AlertAct), current_services()
    message = AlertMessage(at=utc_now())
    routes = list(services.alerts.change(partial(_queued_or_refused, message)).routes)
    tell("alert routes tested", reason=body.reason, person=body.person, routes=routes)
    deadline = time.monotonic() + TEST_SECONDS
    found = tried_routes(services.alerts.read(), message.message_id, routes)
    while any(each.delivered is None for each in found) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        found = tried_routes(services.alerts.read(), message.message_id, routes)
    return answer(RoutesTestResponse(routes=found))


def _queued_or_refused(message: AlertMessage, book: AlertBook) -> AlertBook:
    if not book.routes:
        raise StateConflict(
            "There is no route: set HOUSING_ALERTS_ROUTES or HOUSING_ALERTS_WEBHOOK_URL for the monitor, and "
            "start it again."
        )
    return queued(book, message)


def _read(kind: type[Body]) -> Body:
    services = current_services()
    return read_body(kind, services.settings.backend.request_limit_bytes, services.metrics)


def _changed(book: AlertBook, alert_id: str, action: str, person: str, reason: str) -> Response:
    alert = alert_of(book, alert_id)
    row = alert_row(alert, utc_now())
    figures = row.model_dump(mode="json", include={"rule", "owner", "silenced_until"})
    tell(action, alert_id, reason, person=person, **figures)
    return answer(AlertResponse(alert=row))
