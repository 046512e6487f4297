"""What stands before the console: a page elsewhere neither reads it nor drives its websocket."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from backend.contract.base import ErrorResponse
from storage.setting_groups.known_hosts import (
    SAFE_METHODS,
    KnownHosts,
    host_refusal,
    origin_refusal,
)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class ForeignPages:
    """An ASGI application that passes on only requests under a known name, and of its own pages."""

    def __init__(self, application: Callable[..., Awaitable[None]], known: KnownHosts) -> None:
        self._application = application
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or connection; see the ASGI specification."""
        refusal = self._refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await self._application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal[2][:100]})
        else:
            await _refuse(send, *refusal)

    def _refusal(self, scope: Scope) -> tuple[int, str, str] | None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get(b"host", ""), headers.get(b"origin")
        if not self._known.has(host):
            return 421, "Misdirected request", host_refusal(host)
        acts = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if acts and origin is not None and not self._known.trusts(origin, host):
            return 403, "Permission refused", origin_refusal(origin)
        return None


async def _refuse(send: Send, status: int, title: str, sentence: str) -> None:
    error = ErrorResponse(
        title=title, status=status, detail=sentence, instance=uuid4().hex, error=sentence
    )
    headers = [(b"content-type", b"application/problem+json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send(
        {"type": "http.response.body", "body": error.model_dump_json(exclude_none=True).encode()}
    )
