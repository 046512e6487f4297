"""MLflow's scoring protocol: POST /invocations, GET /ping and /version, as `mlflow models serve` has them."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, g, request

from backend.contract.predictions import PredictionRequest, caller_of
from backend.contract.protocols.scoring import InvocationsRequest, InvocationsResponse, Ping
from backend.protocols.scoring import rows_of, rows_of_table
from backend.routes.inputs import keeping_refusals, read_rows
from backend.routes.logged import logged
from backend.services import Services, current_services
from backend.serving.prediction_service import ModelAnswers
from backend.serving.stage_clock import MODEL, PARSE
from backend.web.answers import InvalidRequest, answer
from backend.web.encoded_body import meant
from backend.web.validation import counted_problems, parsed

blueprint = Blueprint("scoring", __name__)

JSON = "application/json"
TABLES = ("text/csv", "application/vnd.apache.parquet")
MLFLOW_VERSION = "3.17.2"
"""The version of MLflow whose protocol this is; the service itself runs without MLflow."""


@blueprint.get("/ping")
def ping() -> Response:
    """Check whether a model is loaded and predictions can be logged, by MLflow's scoring protocol."""
    ready = current_services().can_predict()
    return answer(Ping(ready=ready), 200 if ready else 503)


@blueprint.get("/version")
def version() -> Response:
    """Return the version of MLflow whose scoring protocol is spoken, as text."""
    return Response(MLFLOW_VERSION, mimetype="text/plain")


@blueprint.post("/invocations")
def invocations() -> Response:
    """Predict for the rows of a table, by MLflow's scoring protocol; see the how-to page."""
    services = current_services()
    rows = read_rows(_rows(services), services)
    callers = [caller_of(row, g.source) for row in rows]
    g.clock.end(PARSE)
    draft = _drafted(services, rows, callers)
    g.clock.end(MODEL)
    return logged(
        draft, answer(InvocationsResponse(predictions=[each.value for each in draft.predictions]))
    )


def _drafted(
    services: Services, rows: Sequence[PredictionRequest], callers: Sequence[Any]
) -> ModelAnswers:
    if len(rows) == 1:
        return services.predictions.draft(rows[0], callers[0])
    return services.predictions.draft_batch(rows, callers)


def _rows(services: Services) -> list[dict[str, Any]]:
    limit_bytes = services.settings.backend.request_limit_bytes
    if request.content_length is None:
        abort(411)
    if request.content_length > limit_bytes:
        abort(413)
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in (JSON, *TABLES) or charset != "utf-8":
        abort(415)
    content = meant(request.get_data(cache=False), limit_bytes)
    with keeping_refusals(services), counted_problems(services.metrics):
        if request.mimetype not in TABLES:
            return rows_of(parsed(InvocationsRequest, content))
        rows, problems = rows_of_table(content)
        if problems:
            raise InvalidRequest(f"{problems[0].field}: {problems[0].message}.", problems)
        return rows
