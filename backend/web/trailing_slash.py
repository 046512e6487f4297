"""A path with a slash too many leads to the one without it: 308 keeps the method and the body."""

from urllib.parse import quote

from flask import Flask, redirect, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response


def lead_to_paths_without_slash(app: Flask) -> None:
    """Redirect where only the slash at the end keeps a path from being found."""

    @app.before_request
    def lead() -> Response | None:
        path = request.path.rstrip("/")
        if not isinstance(request.routing_exception, NotFound) or path in ("", request.path):
            return None
        try:
            app.url_map.bind("").match(path, request.method)
        except (HTTPException, RequestRedirect):
            return None
        query = request.query_string.decode("latin-1")
        return redirect(quote(path) + (f"?{query}" if query else ""), 308)
