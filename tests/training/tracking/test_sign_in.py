"""The sign-in before MLflow: who has user and password gets through, nobody else sees anything."""

import asyncio
from base64 import b64encode
from typing import Any

import pytest

from storage.settings import Settings
from tests.settings import changed
from training.tracking.sign_in import SignIn

PASSWORD = "a long enough password"


async def _application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "reached", "path": scope.get("path")})


def _asked(path: str = "/", *sent: bytes, kind: str = "http") -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    async def receive() -> None:
        raise AssertionError

    headers = [(b"authorization", each) for each in sent]
    scope = {"type": kind, "path": path, "headers": headers}
    asyncio.run(SignIn(_application, "mlflow", PASSWORD)(scope, receive, send))
    return messages


def _basic(user: str, password: str) -> bytes:
    return b"Basic " + b64encode(f"{user}:{password}".encode())


RIGHT = _basic("mlflow", PASSWORD)


def test_who_signs_in_gets_through() -> None:
    assert _asked("/", RIGHT) == [{"type": "reached", "path": "/"}]
    assert _asked("/", RIGHT, kind="websocket") == [{"type": "reached", "path": "/"}]
    assert _asked("/health") == [{"type": "reached", "path": "/health"}]
    assert _asked(kind="lifespan") == [{"type": "reached", "path": "/"}]


@pytest.mark.parametrize(
    "sent",
    [
        (),
        (_basic("mlflow", "another password"),),
        (_basic("admin", PASSWORD),),
        (RIGHT, RIGHT),
        (b"Basic \xff",),
        (b"Bearer x",),
    ],
)
def test_nobody_else_does(sent: tuple[bytes, ...]) -> None:
    for path in ("/", "/api/2.0/mlflow/runs/search", "/health/../", "/healthy", "//health"):
        start, body = _asked(path, *sent)
        assert start["status"] == 401
        assert dict(start["headers"])[b"www-authenticate"].startswith(b"Basic ")
        assert b"HOUSING_MLFLOW_USER" in body["body"]
    assert _asked("/", *sent, kind="websocket") == [{"type": "websocket.close", "code": 1008}]
    assert _asked("/health", *sent, kind="websocket")[0]["type"] == "websocket.close"


def test_only_with_it_may_others_connect(settings: Settings) -> None:
    assert not settings.mlflow_is_open
    assert changed(settings, mlflow_host="192.0.2.1").mlflow_is_open
    assert not changed(settings, mlflow_host="192.0.2.1", mlflow_password=PASSWORD).mlflow_is_open
    with pytest.raises(ValueError, match="at least 16"):
        changed(settings, mlflow_password="short")
