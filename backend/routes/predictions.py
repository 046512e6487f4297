"""POST /predict and /predict_batch; GET /predictions: predicting, and the logged predictions."""

from typing import Any

from flask import Blueprint, Response, g, request

from backend.contract.predictions import (
    BatchPredictionRequest,
    PredictionRequest,
    PredictQuery,
    caller_of,
)
from backend.contract.records import (
    LabelCorrection,
    LoggedPredictionResponse,
    MetadataQuery,
    MetadataResponse,
    PredictionRow,
    PredictionsQuery,
    PredictionsResponse,
)
from backend.routes.answered_once import answered_once
from backend.routes.inputs import read_inputs
from backend.routes.logged import logged
from backend.routes.records.filters import prediction_filter
from backend.routes.records.lists import echoed_filters, page_fields, page_request
from backend.services import current_services
from backend.serving.prediction_service import batch_response, prediction_response
from backend.serving.stage_clock import MODEL, PARSE
from backend.serving.what_if import contributions
from backend.web.answers import answer
from backend.web.validation import read_query
from storage.domain.inputs import FEATURE_NAMES, HousingFeatures
from storage.predictions.metadata import read_metadata_summary

blueprint = Blueprint("predictions", __name__)


@blueprint.post("/predict")
@answered_once
def predict() -> Response:
    """Predict the target of one row; ?explain=true adds the contribution of each input."""
    services = current_services()
    query = read_query(PredictQuery, request.args)
    features = read_inputs(PredictionRequest, services)
    g.clock.end(PARSE)
    caller = caller_of(features, g.source)
    draft = services.predictions.draft(features, caller)
    reasons = contributions(draft.model, features.vector()) if query.explain else None
    g.clock.end(MODEL)
    return logged(draft, answer(prediction_response(draft, features, reasons)))


@blueprint.post("/predict_batch")
@answered_once
def predict_batch() -> Response:
    """Predict the target of 1 to 10,000 rows; one invalid instance rejects the whole batch."""
    services = current_services()
    batch = read_inputs(BatchPredictionRequest, services)
    callers = [caller_of(each, g.source) for each in batch.instances]
    g.clock.end(PARSE)
    draft = services.predictions.draft_batch(batch.instances, callers)
    g.clock.end(MODEL)
    return logged(draft, answer(batch_response(draft)))


@blueprint.get("/predictions")
def predictions() -> Response:
    """Return logged predictions, newest first."""
    query = read_query(PredictionsQuery, request.args)
    record_log = current_services().record_log
    page = record_log.predictions(page_request(query), prediction_filter(query))
    body = PredictionsResponse(
        predictions=[prediction_row(row) for row in page.rows],
        **page_fields(page, query),
    )
    return answer(body)


@blueprint.get("/predictions/metadata")
def predictions_metadata() -> Response:
    """Count the most frequent metadata of a window's predictions, the newest 20,000 that have any."""
    query = read_query(MetadataQuery, request.args)
    database = current_services().database
    found = read_metadata_summary(database, query.since, query.until, query.limit)
    return answer(MetadataResponse(**vars(found), filters=echoed_filters(query)))


@blueprint.get("/predictions/<prediction_id>")
def prediction(prediction_id: str) -> Response:
    """Return one logged prediction."""
    record_log = current_services().record_log
    row = record_log.prediction(prediction_id)
    corrections = [LabelCorrection(**each) for each in record_log.corrections(row["prediction_id"])]
    return answer(LoggedPredictionResponse(prediction=prediction_row(row), corrections=corrections))


def prediction_row(row: dict[str, Any]) -> PredictionRow:
    """Return a stored prediction as an answer shows it."""
    # Not validated again: old inputs stay readable even if the schema becomes stricter.
    features = HousingFeatures.model_construct(**{name: row[name] for name in FEATURE_NAMES})
    others = {name: value for name, value in row.items() if name not in FEATURE_NAMES}
    return PredictionRow(input=features, **others)
