"""/retraining: requesting, following, listing and cancelling retrainings."""

from typing import cast

from flask import Blueprint, Response, request

from backend.contract.monitoring import TriggerRequest, TriggerResponse
from backend.contract.retraining.learnable import LearnableQuery
from backend.contract.retraining.runs import (
    CancelRequest,
    CancelResponse,
    RetrainingsQuery,
    RetrainingsResponse,
)
from backend.routes.records.lists import echoed_filters
from backend.services import current_services
from backend.web.answers import answer
from backend.web.authorization import current_actor
from backend.web.request_audit import tell
from backend.web.validation import read_body, read_query
from storage.retraining.files import PENDING
from storage.schema.records import utc_now
from storage.schema.triggers import TrainingPlan, TriggerStatus

blueprint = Blueprint("retraining", __name__)


@blueprint.post("/monitoring/trigger-retraining")
def trigger_retraining() -> Response:
    """Request a retraining; needs the role operator."""
    services = current_services()
    limit_bytes = services.settings.backend.request_limit_bytes
    asked = read_body(TriggerRequest, limit_bytes, services.metrics)
    services.learnable.check(asked.plan)
    trigger = services.retraining_requests.ask(
        asked.reason,
        current_actor(),
        asked.window,
        asked.source,
        force=asked.force,
        person=asked.person,
        plan=asked.plan,
    )
    figures: dict[str, object] = {"person": asked.person} if asked.person is not None else {}
    if asked.plan is not None:
        figures["plan"] = asked.plan.model_dump(mode="json", exclude_none=True)
    tell("retraining asked for", trigger.trigger_id, asked.reason, **figures)
    body = TriggerResponse(
        trigger_id=trigger.trigger_id,
        trigger_file=f"{trigger.trigger_id}{PENDING}",
        message=f"Retraining {trigger.trigger_id} is queued; "
        f"follow it at /retraining/{trigger.trigger_id}.",
    )
    return answer(body)


@blueprint.get("/retraining")
def retrainings() -> Response:
    """List queued, running and finished retrainings, most recently requested first."""
    query = read_query(RetrainingsQuery, request.args)
    services, now = current_services(), utc_now()
    found = services.queue.newest(query.limit, cast(tuple[TriggerStatus, ...], query.states))
    rows = [services.retrainings.row(each, now) for each in found]
    body = RetrainingsResponse(retrainings=rows, total=len(rows), filters=echoed_filters(query))
    return answer(body)


@blueprint.get("/retraining/learnable")
def learnable() -> Response:
    """Count the labelled predictions that a retraining requested now would learn from, and why not others."""
    query = read_query(LearnableQuery, request.args)
    plan = TrainingPlan(labelled_days=query.days, labelled_most_rows=query.most_rows)
    return answer(current_services().learnable.now(utc_now(), plan))


@blueprint.get("/retraining/<trigger_id>")
def retraining(trigger_id: str) -> Response:
    """Return the progress, last log lines and result of one retraining."""
    services = current_services()
    found = services.queue.find(trigger_id)
    return answer(services.retrainings.detail(found, utc_now()))


@blueprint.post("/retraining/<trigger_id>/cancel")
def cancel(trigger_id: str) -> Response:
    """Cancel a retraining, with a reason; needs the role operator."""
    services = current_services()
    limit_bytes = services.settings.backend.request_limit_bytes
    asked = read_body(CancelRequest, limit_bytes, services.metrics)
    found = services.retraining_requests.cancel(trigger_id, asked.reason, current_actor())
    tell("retraining cancelled", trigger_id, asked.reason, state=found.state)
    stops = "is cancelled" if found.state == "cancelled" else "stops at the end of its current step"
    body = CancelResponse(
        trigger_id=trigger_id,
        state=found.state,
        message=f"Retraining {trigger_id} {stops}; no version will be promoted from it.",
    )
    return answer(body)
