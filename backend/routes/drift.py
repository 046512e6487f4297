"""/monitoring/drift: whether the inputs still look like the training data. Nothing here is logged."""

from dataclasses import asdict
from datetime import timedelta

import numpy as np
from flask import Blueprint, Response, g, request

from backend.contract.drift import (
    AlarmState,
    ColumnScore,
    CumulativePair,
    DriftAnalysis,
    DriftQuery,
    DriftRequest,
    DriftResponse,
    DriftWindowResponse,
    HistogramPair,
    MultivariateScore,
    OpenedColumn,
    TimelinePoint,
)
from backend.drift.check import WindowCheck, check_window, compare_rows
from backend.drift.detector import METHOD
from backend.drift.picture import CumulativeShares, Histogram
from backend.drift.report import ColumnDrift, DriftReport, MultivariateDrift
from backend.drift.thresholds import DriftThresholds
from backend.retraining.configuration import drift_thresholds
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_body, read_query
from storage.domain.inputs import FEATURE_NAMES
from storage.schema.records import utc_now

blueprint = Blueprint("drift", __name__, url_prefix="/monitoring")


@blueprint.post("/drift")
def compare() -> Response:
    """Compare rows with the training data of the served model; null is a missing value."""
    services = current_services()
    body = read_body(DriftRequest, services.settings.backend.request_limit_bytes, services.metrics)
    model = services.host.current()
    g.model_version = model.manifest.version
    rows = [list(row.__dict__.values()) for row in body.data]
    thresholds = drift_thresholds(services.configuration.current().config)
    report = compare_rows(
        model.drift_detector, model.predict, np.array(rows, dtype=np.float64), thresholds
    )
    return answer(
        DriftResponse(
            drift_analysis=drift_analysis(report, thresholds), model_version=model.manifest.version
        )
    )


@blueprint.get("/drift")
def window() -> Response:
    """Compare the predictions logged in a window; ?feature= opens one column."""
    query = read_query(DriftQuery, request.args)
    services = current_services()
    model = services.host.current()
    g.model_version = model.manifest.version
    config = services.configuration.current().config
    thresholds = drift_thresholds(config)
    check = check_window(
        model.drift_detector,
        model.manifest.version,
        services.database,
        query.until or utc_now(),
        query.window or timedelta(hours=config.window_hours),
        query.feature,
        thresholds,
        config.largest_window_rows,
    )
    services.metrics.set_drift_share(check.report.drift_share)
    return answer(_window_response(check, thresholds, model.manifest.version))


def _window_response(
    check: WindowCheck, thresholds: DriftThresholds, version: str
) -> DriftWindowResponse:
    return DriftWindowResponse(
        drift_analysis=drift_analysis(check.report, thresholds),
        model_version=version,
        since=check.window.since,
        until=check.window.until,
        truncated=check.window.truncated,
        alarm=AlarmState.model_validate(check.alarm),
        histograms={name: _histogram(each) for name, each in check.histograms.items()},
        opened=_opened(check),
    )


def drift_analysis(report: DriftReport, thresholds: DriftThresholds) -> DriftAnalysis:
    """Return a report as the contract has it."""
    return DriftAnalysis(
        status=report.status,
        total_features=len(FEATURE_NAMES),
        drift_scores={column.name: _score(column) for column in report.inputs},
        prediction=_score(report.prediction) if report.prediction is not None else None,
        drifted_features=list(report.drifted_features),
        drift_share=report.drift_share,
        overall_drift=report.overall_drift,
        severity=report.severity,
        reasons=list(report.reasons),
        multivariate=_together(report.multivariate),
        n_samples=report.rows,
        method=METHOD,
        thresholds=asdict(thresholds),
    )


def _score(column: ColumnDrift) -> ColumnScore:
    distances = column.distances
    return ColumnScore(
        n_samples=column.rows,
        ks_statistic=distances.ks_statistic if distances is not None else None,
        p_value=distances.p_value if distances is not None else None,
        adjusted_p_value=column.adjusted_p_value,
        psi=distances.psi if distances is not None else None,
        wasserstein=distances.wasserstein if distances is not None else None,
        jensen_shannon=distances.jensen_shannon if distances is not None else None,
        missing_share=column.quality.missing_share,
        out_of_range_share=column.quality.out_of_range_share,
        importance=column.importance,
        weighted_effect=column.weighted_effect,
        drifted=column.drifted,
    )


def _together(found: MultivariateDrift | None) -> MultivariateScore | None:
    if found is None:
        return None
    return MultivariateScore(
        auc=found.difference.auc,
        null_deviation=found.difference.null_deviation,
        p_value=found.difference.p_value,
        adjusted_p_value=found.adjusted_p_value,
        n_samples=found.difference.rows,
        leading_inputs=list(found.leading_inputs),
        drifted=found.drifted,
    )


def _histogram(found: Histogram) -> HistogramPair:
    return HistogramPair(
        edges=found.edges.tolist(),
        reference=found.reference.tolist(),
        current=found.current.tolist(),
        reference_rows=found.reference_rows,
        current_rows=found.current_rows,
    )


def _cumulative(found: CumulativeShares) -> CumulativePair:
    return CumulativePair(
        values=found.values.tolist(),
        reference=found.reference.tolist(),
        current=found.current.tolist(),
    )


def _opened(check: WindowCheck) -> OpenedColumn | None:
    if check.opened is None:
        return None
    since = check.window.since
    return OpenedColumn(
        name=check.opened.name,
        cumulative=_cumulative(check.opened.cumulative),
        timeline=[
            TimelinePoint(
                since=since + timedelta(seconds=each.start),
                until=since + timedelta(seconds=each.end),
                n_samples=each.rows,
                ks_statistic=each.ks_statistic,
                threshold=each.threshold,
                drift_share=each.drift_share,
            )
            for each in check.opened.slices
        ],
    )
