"""GET /models/<version> and /models/<version>/comparison: error, segments and gate verdict of a version."""

from flask import Blueprint, Response, request

from backend.contract.models.version import ComparisonQuery
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_query

blueprint = Blueprint("model_versions", __name__, url_prefix="/models")


@blueprint.get("/<version>")
def model_version(version: str) -> Response:
    """Return one version: metrics with confidence intervals, segments and the gate's verdict."""
    services = current_services()
    return answer(services.versions.one(version, services.settings.tracking_url))


@blueprint.get("/<version>/comparison")
def comparison(version: str) -> Response:
    """Compare two versions on the rows that both holdouts contain."""
    against = read_query(ComparisonQuery, request.args).against
    return answer(current_services().version_reports.comparison(version, against))
