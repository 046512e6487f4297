"""A sign-in before the MLflow server: HTTP Basic, as browsers and MLflow's own client know it.

MLflow's auth app would need a further library and a database of users; this has one user and one password.
"""

import hmac
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any

OPEN_PATHS = ("/health",)
"""Probes of the health say nothing about the content."""
AUTHORIZATION = b"authorization"
CHALLENGE = (b"www-authenticate", b'Basic realm="MLflow", charset="UTF-8"')
TEXT = (b"content-type", b"text/plain; charset=utf-8")
SENTENCE = (
    b"Sign in with the user and the password of the settings HOUSING_MLFLOW_USER and _PASSWORD.\n"
)

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class SignIn:
    """An ASGI application that asks for user and password before another one answers."""

    def __init__(self, application: Application, user: str, password: str) -> None:
        self._application = application
        self._expected = b"Basic " + b64encode(f"{user}:{password}".encode())

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer 401, or let the application answer; see the ASGI specification."""
        if scope["type"] == "lifespan" or self._may_pass(scope):
            await self._application(scope, receive, send)
        elif scope["type"] == "http":
            headers = [CHALLENGE, TEXT]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": SENTENCE})
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _may_pass(self, scope: dict[str, Any]) -> bool:
        if scope["type"] == "http" and scope["path"] in OPEN_PATHS:
            return True
        sent = [value for name, value in scope["headers"] if name == AUTHORIZATION]
        return len(sent) == 1 and hmac.compare_digest(sent[0], self._expected)
