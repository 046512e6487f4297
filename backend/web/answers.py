"""From a model of the contract to an HTTP response."""

from flask import Response
from pydantic import BaseModel


def answer(body: BaseModel, status: int = 200) -> Response:
    """Return the model as a JSON response."""
    content = body.model_dump_json(by_alias=True)
    return Response(content, status, mimetype="application/json")
