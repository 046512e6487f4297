"""HTTP answers: a model of the contract, or an error as a problem document (RFC 9457).

Errors come from the error tree, from Flask, or from a bug.
"""

import logging
import time
from collections.abc import Sequence

from flask import Flask, Response, g
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException

from backend.contract.base import ValidationProblem
from backend.web.problem_document import DEFECT, DEFECT_TITLE, MEDIA_TYPE, problem_document
from storage.errors import HousingError, InvalidInput, ServiceUnavailable, SpoolUnavailable
from storage.process.loop import ToldProblems
from storage.schema.text import storable

logger = logging.getLogger(__name__)

SENTENCES = {
    404: "Nothing exists at this path; GET / lists the endpoints.",
    405: "This path does not support this method; see the Allow header.",
    411: "Send a Content-Length header with the body; a chunked body is not accepted.",
    413: "The request body is too large; send fewer rows at a time.",
    415: "Send the body as JSON, with Content-Type: application/json; not compressed, or with gzip.",
}


class InvalidRequest(InvalidInput):
    """A body or query string that does not match its model; carries every problem found."""

    title = "Invalid request"

    def __init__(self, sentence: str, problems: Sequence[ValidationProblem]) -> None:
        super().__init__(sentence)
        self.problems = list(problems)


def answer(body: BaseModel, status: int = 200) -> Response:
    """Return the model as a JSON response."""
    content = body.model_dump_json(by_alias=True)
    return Response(content, status, mimetype="application/json")


def install(app: Flask) -> None:
    """Answer every error of the application as a problem document."""
    told = ToldProblems()

    def from_tree(error: HousingError) -> Response:
        if error.status == ServiceUnavailable.status:
            if not isinstance(error, SpoolUnavailable):  # the spool itself tells that
                told.tell(f"{error.title}: {error}", time.monotonic())
        elif error.status >= 500:
            logger.error("%s: %s", error.title, error)
        return _from_tree(error)

    app.register_error_handler(HousingError, from_tree)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(Exception, _from_defect)


def _from_tree(error: HousingError) -> Response:
    problems = error.problems if isinstance(error, InvalidRequest) else None
    answer = _problem(error.status, error.title, str(error), problems)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    sentence = SENTENCES.get(status, error.description or error.name)
    answer = _problem(status, error.name, sentence, None)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _from_defect(error: Exception) -> Response:
    logger.error("Unexpected error: the request failed because of a bug.", exc_info=error)
    return _problem(500, DEFECT_TITLE, DEFECT, None)


def _problem(
    status: int, title: str, sentence: str, problems: list[ValidationProblem] | None
) -> Response:
    g.error_message = storable(sentence)
    body = problem_document(status, title, sentence, g.request_id, problems)
    return Response(body, status, mimetype=MEDIA_TYPE)
