"""GET /monitoring/shadow: the shadow answers of a challenger."""

from flask import Blueprint, Response, request

from backend.contract.shadow import ShadowQuery
from backend.performance.shadow import shadow_report
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_query
from storage.schema.records import utc_now
from storage.schema.time_steps import zone_named

blueprint = Blueprint("shadow", __name__, url_prefix="/monitoring")


@blueprint.get("/shadow")
def shadow() -> Response:
    """Compare a challenger's shadow answers with the champion's."""
    services = current_services()
    query, settings = read_query(ShadowQuery, request.args), services.settings
    found = shadow_report(
        services.database,
        query.until or utc_now(),
        query.window,
        settings.shadow.minimum_rows,
        settings.shadow.share,
        zone_named(query.zone),
    )
    return answer(found)
