"""Whether to retrain: /monitoring/retraining-check answers, /monitoring/checks also keeps and acts."""

from typing import Any

import numpy as np
from flask import Blueprint, Response, g, request

from backend.contract.performance import Degradation, RealizedError
from backend.contract.retraining_check import (
    DataVolumeCheck,
    PerformanceAnalysis,
    RetrainingCheckRequest,
    RetrainingCheckResponse,
    StoredCheckResponse,
)
from backend.performance.realized import LabelledRows
from backend.retraining.check import ErrorLook, RetrainingCheck
from backend.retraining.configuration import drift_thresholds
from backend.routes.drift import drift_analysis
from backend.routes.performance import estimated_error
from backend.services import Services, current_services
from backend.web.answers import answer
from backend.web.authorization import current_actor
from backend.web.request_audit import tell
from backend.web.validation import read_body
from storage.schema.features import FEATURE_NAMES
from storage.schema.records import LONGEST_REASON, utc_now

blueprint = Blueprint("retraining_check", __name__, url_prefix="/monitoring")


@blueprint.post("/retraining-check")
def retraining_check() -> Response:
    """Tell whether to retrain: for the rows sent, or, with an empty body, for the logged window."""
    services = current_services()
    asked = _read(services)
    if asked.is_empty:
        check, checked = services.checks.window(utc_now()), "logged"
    else:
        check, checked = services.checks.rows(utc_now(), _inputs(asked), _labelled(asked)), "sent"
    g.model_version = check.model_version
    return answer(RetrainingCheckResponse(checked=checked, **_described(check)))


@blueprint.post("/checks")
def run_checks() -> Response:
    """Check the logged window and keep what was found; may ask for a retraining; needs operator."""
    services = current_services()
    stored = services.scheduled_checks.run(utc_now(), current_actor())
    if stored.trigger_id is not None:
        reason = " ".join(stored.check.decision.reasons)[:LONGEST_REASON]
        tell("retraining asked for", stored.trigger_id, reason, check_id=stored.check_id)
    g.model_version = stored.check.model_version
    body = StoredCheckResponse(
        checked="logged",
        check_id=stored.check_id,
        alerts=list(stored.alerts),
        trigger_id=stored.trigger_id,
        **_described(stored.check),
    )
    return answer(body)


def _read(services: Services) -> RetrainingCheckRequest:
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return RetrainingCheckRequest()
    return read_body(
        RetrainingCheckRequest, services.settings.request_limit_bytes, services.metrics
    )


def _inputs(asked: RetrainingCheckRequest) -> np.ndarray | None:
    if asked.new_data is None:
        return None
    rows = [list(row.__dict__.values()) for row in asked.new_data]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURE_NAMES))


def _labelled(asked: RetrainingCheckRequest) -> LabelledRows | None:
    if asked.predictions is None or asked.actuals is None:
        return None
    return LabelledRows.of(asked.actuals, asked.predictions)


def _described(check: RetrainingCheck) -> dict[str, Any]:
    decision, drift = check.decision, check.drift
    thresholds = drift_thresholds(check.config)
    return {
        **dict(decision),
        "drift_analysis": drift_analysis(drift.report, thresholds) if drift is not None else None,
        "performance_analysis": _performance(check.error),
        "data_volume_check": _volume(check),
        "model_version": check.model_version,
    }


def _performance(error: ErrorLook | None) -> PerformanceAnalysis | None:
    if error is None:
        return None
    estimated = error.estimated
    return PerformanceAnalysis(
        realized=RealizedError.model_validate(error.realized),
        degradation=Degradation.model_validate(error.degradation),
        estimated=estimated_error(estimated) if estimated is not None else None,
    )


def _volume(check: RetrainingCheck) -> DataVolumeCheck:
    rows = check.drift.report.rows if check.drift is not None else 0
    labelled = check.error.realized.rows if check.error is not None else 0
    config = check.config
    return DataVolumeCheck(
        rows=rows,
        minimum_rows=config.drift_minimum_rows,
        enough_rows=rows >= config.drift_minimum_rows,
        labelled_rows=labelled,
        minimum_labelled_rows=config.performance_minimum_rows,
        enough_labelled_rows=labelled >= config.performance_minimum_rows,
        newly_labelled_rows=check.circumstances.newly_labelled_rows,
        labelled_rows_for_retraining=config.enough_labelled_rows,
    )
