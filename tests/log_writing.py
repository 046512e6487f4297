"""Asking for what only the log-writer carries out, in tests that run no process of their own for it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from flask.testing import FlaskClient

from tests.system import bearer

Store = Callable[[], object]
"""Move what was spooled so far into the database."""
Answer = TypeVar("Answer")


def carried_out(store: Store, ask: Callable[[], Answer]) -> Answer:
    """Ask, and be the log-writer until the answer is there."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask)
        while not asked.done():
            store()
    return asked.result()


def change_configuration(http: FlaskClient, store: Store, **changes: Any) -> Any:
    """Change the monitoring configuration as an administrator; return the answer."""
    key = bearer("administer")
    return carried_out(store, lambda: http.put("/monitoring/config", json=changes, headers=key))


def attach_actual_values(http: FlaskClient, store: Store, items: list[Any]) -> Any:
    """Attach actual values as an operator; return the answer."""
    key = bearer("operate")
    return carried_out(store, lambda: http.post("/feedback", json={"items": items}, headers=key))
