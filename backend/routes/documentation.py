"""GET /openapi.json and /docs: the service described for programs and for people."""

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
"""Nothing but the service's own files; Swagger UI sets styles in its elements."""


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Describe every endpoint in OpenAPI 3.1."""
    return Response(json.dumps(describe(current_app)), mimetype="application/json")


@blueprint.get("/docs")
def docs() -> Response:
    """Give the interactive page about this service; it needs no internet."""
    return _file(PAGE)


@blueprint.get("/docs/<asset>")
def asset(asset: str) -> Response:
    """Give one file of that page."""
    if asset not in SERVED:
        abort(404)
    return _file(asset)


def _file(name: str) -> Response:
    # Read whole rather than streamed: the files are few, and nothing stays open if a client goes away.
    response = Response((ASSETS / name).read_bytes(), mimetype=SERVED[name])
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.cache_control.max_age = KEPT_SECONDS
    response.add_etag()
    response.make_conditional(request)
    return response
