"""Asking for what only the log-writer carries out, in tests that run no process of their own for it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from flask.testing import FlaskClient

from storage.schema.tables import predictions
from storage.settings import Settings
from tests.migrated import migrated
from tests.recounted import recount
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


def spread_predictions(settings: Settings, since: datetime, until: datetime) -> None:
    """Give the stored predictions times that are evenly spread from ``since`` on, in their order."""
    database = migrated(settings.database_address)
    by_id = predictions.c.id
    with database.transaction() as connection:
        ids = connection.execute(sa.select(by_id).order_by(by_id)).scalars().all()
        for place, one in enumerate(ids):
            moment = since + (until - since) * place / len(ids)
            connection.execute(sa.update(predictions).where(by_id == one).values(timestamp=moment))
        recount(connection)
    database.close()
