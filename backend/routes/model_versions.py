"""GET /models/<version> and /models/<version>/comparison: how good it is, where, and what the gate said."""

from flask import Blueprint, Response, request

from backend.contract.model_version import (
    ComparisonQuery,
    ComparisonResponse,
    SliceComparison,
    VersionResponse,
    VersionSlice,
)
from backend.contract.performance import Estimate, RealizedError
from backend.performance.slices import ErrorSlice
from backend.routes.models import listed_version, readable_pointer
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_query
from training.dataset.missing import Missing
from training.evaluation.holdout_comparison import ComparedSlice, HoldoutComparison
from training.models.intervals import COVERAGE

blueprint = Blueprint("model_versions", __name__, url_prefix="/models")


@blueprint.get("/<version>")
def model_version(version: str) -> Response:
    """Tell of one version: its figures with their confidence, by segment, and the gate's verdict."""
    services = current_services()
    slices = services.versions.slices(version)  # first: it refuses what is unknown or damaged
    manifest = services.store.manifest(version)
    verdict = services.gate_history.verdict(version)
    body = VersionResponse(
        version=listed_version(manifest, readable_pointer(services.store), services.versions),
        feature_names=list(manifest.feature_names),
        files=manifest.checksums,
        error=RealizedError.model_validate(services.versions.error(version)),
        expected_coverage=COVERAGE,
        slices=[_slice(one) for one in slices],
        gate=None if isinstance(verdict, str) else verdict,
        gate_reason=verdict if isinstance(verdict, str) else None,
        mlflow_url=services.settings.tracking_url,
    )
    return answer(body)


@blueprint.get("/<version>/comparison")
def comparison(version: str) -> Response:
    """Compare a version with another one, on the rows that both have in their holdout."""
    against = read_query(ComparisonQuery, request.args).against
    found = current_services().versions.comparison(version, against)
    if isinstance(found, Missing):
        return answer(_not_compared(version, against, found.reason))
    return answer(_compared(version, against, found))


def _slice(one: ErrorSlice) -> VersionSlice:
    rmse = Estimate.model_validate(one.realized.rmse) if one.realized.rmse else None
    return VersionSlice(kind=one.kind, name=one.name, rows=one.realized.rows, rmse=rmse)


def _compared(version: str, against: str, found: HoldoutComparison) -> ComparisonResponse:
    return ComparisonResponse(
        version=version,
        against=against,
        status="ok",
        reason=None,
        rows=found.total.rows,
        rmse=found.total.challenger_rmse,
        against_rmse=found.total.champion_rmse,
        difference=Estimate.model_validate(found.total.difference),
        slice_confidence=found.slice_confidence,
        slices=[_compared_slice(one) for one in found.slices],
    )


def _compared_slice(one: ComparedSlice) -> SliceComparison:
    found = one.comparison
    return SliceComparison(
        kind=one.kind,
        name=one.name,
        rows=one.rows,
        rmse=found.challenger_rmse if found is not None else None,
        against_rmse=found.champion_rmse if found is not None else None,
        difference=Estimate.model_validate(found.difference) if found is not None else None,
    )


def _not_compared(version: str, against: str, reason: str) -> ComparisonResponse:
    return ComparisonResponse(
        version=version,
        against=against,
        status="not_enough_data",
        reason=f"They cannot be compared: {reason}.",
        rows=0,
        rmse=None,
        against_rmse=None,
        difference=None,
        slice_confidence=None,
        slices=[],
    )
