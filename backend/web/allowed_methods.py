"""The header Allow of a path that another one's pattern matches, too: /models/rollback is no version."""

from flask import Flask, Response, request


def tell_own_methods(app: Flask) -> None:
    """Name in Allow only the methods of the path itself, where it has some; see RFC 9110."""
    own: dict[str, set[str]] = {}

    @app.after_request
    def tell(response: Response) -> Response:
        if "Allow" in response.headers:
            if not own:
                for rule in app.url_map.iter_rules():
                    own.setdefault(rule.rule, set()).update(rule.methods or ())
            if methods := own.get(request.path):
                response.headers["Allow"] = ", ".join(sorted(methods))
        return response
