"""GET /openapi.json and /docs: the API documentation for programs and for people."""

import json
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request

from backend.web.openapi import describe

blueprint = Blueprint("documentation", __name__)

ASSETS = Path(__file__).parent.parent / "assets" / "swagger_ui"
PAGE = "index.html"
SERVED = {
    PAGE: "text/html",
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "start.js": "text/javascript",
}
KEPT_SECONDS = 3_600
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Only the service's own files; Swagger UI needs inline styles."""


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Describe every endpoint in OpenAPI 3.1."""
    return Response(json.dumps(describe(current_app)), mimetype="application/json")


@blueprint.get("/docs")
def docs() -> Response:
    """Return the interactive API documentation; it works offline."""
    return _file(PAGE)


@blueprint.get("/docs/<asset>")
def asset(asset: str) -> Response:
    """Return one file of the documentation page."""
    if asset not in SERVED:
        abort(404)
    return _file(asset)


def _file(name: str) -> Response:
    # Read whole rather than streamed: the files are few, and none stays open if a client disconnects.
    response = Response((ASSETS / name).read_bytes(), mimetype=SERVED[name])
    response.headers["Content-Security-Policy"] = POLICY
    response.cache_control.max_age = KEPT_SECONDS
    response.add_etag()
    response.make_conditional(request)
    return response
