"""POST /monitoring/trigger-retraining and GET /retraining/<trigger_id>: asking for one, following it."""

from flask import Blueprint, Response

from backend.answers import answer
from backend.authorization import current_actor
from backend.contract.monitoring import TriggerRequest, TriggerResponse
from backend.contract.retraining import RetrainingResponse
from backend.request_audit import tell
from backend.services import current_services
from backend.validation import read_body
from storage.trigger_files import PENDING

STAGES = {"pending": "waiting", "running": "claimed", "done": "done", "failed": "failed"}
"""What the stage is called while no heart-beat says it."""

blueprint = Blueprint("retraining", __name__)


@blueprint.post("/monitoring/trigger-retraining")
def trigger_retraining() -> Response:
    """Ask the worker for a retraining; needs the role operator."""
    services = current_services()
    limit_bytes = services.settings.request_limit_bytes
    asked = read_body(TriggerRequest, limit_bytes, services.metrics)
    trigger = services.desk.ask(asked.reason, current_actor(), asked.window)
    tell("retraining asked for", trigger.trigger_id, asked.reason)
    body = TriggerResponse(
        trigger_id=trigger.trigger_id,
        trigger_file=f"{trigger.trigger_id}{PENDING}",
        message=f"Retraining {trigger.trigger_id} waits for the worker; "
        f"follow it at /retraining/{trigger.trigger_id}.",
    )
    return answer(body)


@blueprint.get("/retraining/<trigger_id>")
def retraining(trigger_id: str) -> Response:
    """Tell how far one retraining is, and its result once it is there."""
    found = current_services().queue.find(trigger_id)
    beat = found.beat if found.state == "running" else None
    body = RetrainingResponse(
        **found.trigger.model_dump(exclude={"status"}),
        state=found.state,
        stage=beat.stage if beat else STAGES[found.state],
        progress=beat.progress if beat else float(found.state in ("done", "failed")),
        heartbeat_at=beat.at if beat else None,
    )
    return answer(body)
