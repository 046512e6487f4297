"""An error as a problem document (RFC 9457), the same whether the application or the server refuses."""

from backend.contract.base import ErrorResponse, ValidationProblem
from storage.schema.text import storable

MEDIA_TYPE = "application/problem+json"
DEFECT_TITLE = "Internal error"
DEFECT = "The service failed unexpectedly; report the request id to its operator."


def problem_document(
    status: int,
    title: str,
    sentence: str,
    request_id: str,
    problems: list[ValidationProblem] | None = None,
    code: str | None = None,
) -> bytes:
    """Return the body of an error; ``sentence`` says what went wrong and what to do about it."""
    sentence = storable(sentence)  # it may quote what the client sent
    body = ErrorResponse(
        title=title,
        status=status,
        detail=sentence,
        instance=request_id,
        error=sentence,
        code=code,
        validation_errors=problems,
    )
    return body.model_dump_json(exclude_none=True).encode()
