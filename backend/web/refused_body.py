"""Bodies that the server refused while they arrived, answered like any other error."""

from flask import Flask, request

from storage.errors import HousingError

REFUSED_BODY = "housing.refused_body"
"""In the WSGI environment: why the body was not read to its end."""


def answer_refused_bodies(app: Flask) -> None:
    """Answer with the error that the environment carries."""

    @app.before_request
    def refuse() -> None:
        error: HousingError | None = request.environ.get(REFUSED_BODY)
        if error is not None:
            raise error
