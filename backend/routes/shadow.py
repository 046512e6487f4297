"""GET /monitoring/shadow: the silent answers of a challenger."""

from flask import Blueprint, Response, request

from backend.contract.shadow import (
    DifferenceQuantile,
    ShadowDifference,
    ShadowErrors,
    ShadowQuery,
    ShadowResponse,
    ShadowStep,
)
from backend.performance import shadow as shadow_check
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_query
from storage.schema.records import utc_now

blueprint = Blueprint("shadow", __name__, url_prefix="/monitoring")


@blueprint.get("/shadow")
def shadow() -> Response:
    """Tell what a challenger would have answered, beside what the champion answered."""
    services = current_services()
    query = read_query(ShadowQuery, request.args)
    minimum_rows = services.settings.shadow.minimum_rows
    until = query.until or utc_now()
    found = shadow_check.shadow_report(services.database, until, query.window, minimum_rows)
    window = found.window
    body = ShadowResponse(
        share=services.settings.shadow.share,
        minimum_rows=minimum_rows,
        challenger=window.challenger,
        champion=window.champion,
        since=window.since,
        until=window.until,
        n=window.total,
        rows_read=len(window),
        of_other_versions=window.of_other_versions,
        difference=_difference(found.difference),
        errors=ShadowErrors.model_validate(found.errors),
        step_seconds=found.step_seconds,
        series=[_step(step) for step in found.steps],
    )
    return answer(body)


def _difference(found: shadow_check.ShadowDifference) -> ShadowDifference:
    quantiles = [
        DifferenceQuantile(share=share, difference=value) for share, value in found.quantiles
    ]
    return ShadowDifference(
        rows=found.rows,
        mean=found.mean,
        rms=found.rms,
        beyond_interval=found.beyond_interval,
        quantiles=quantiles,
    )


def _step(step: shadow_check.ShadowStep) -> ShadowStep:
    return ShadowStep(
        since=step.since,
        difference=_difference(step.difference),
        errors=ShadowErrors.model_validate(step.errors),
    )
