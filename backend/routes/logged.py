"""The one way in which a route gives a prediction: logged first, and kept if the request has a key."""

from flask import Response, g

from backend.routes.answered_once import keep
from backend.services import current_services
from backend.serving.prediction_service import ModelAnswers
from backend.serving.stage_clock import APPEND, WRITE


def logged(draft: ModelAnswers, response: Response) -> Response:
    """Log a draft and return its answer, which must not be sent otherwise.

    Raises
    ------
    SpoolUnavailable
        If it could not be logged.
    """
    g.clock.end(WRITE)
    g.model_version = draft.model_version
    predictions = current_services().predictions
    predictions.log(draft, g.request_id, lambda lines: keep(response, lines))
    g.clock.end(APPEND)
    return response
