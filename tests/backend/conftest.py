"""The application in this process, over a really trained champion and a real database."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.app import create_app
from backend.services import EXTENSION, Services
from storage.database import Database
from storage.log_writer import LogWriter
from storage.schema.records import utc_now
from storage.settings import Settings

KEYS = {"viewer_key": "see", "operator_key": "operate", "admin_key": "administer"}


@pytest.fixture
def service_settings(champion_settings: Settings) -> Settings:
    """Settings with a champion and the three keys."""
    return Settings.model_validate(champion_settings.model_dump() | KEYS)


@pytest.fixture
def app(service_settings: Settings) -> Iterator[Flask]:
    """The application."""
    app = create_app(service_settings)
    yield app
    services: Services = app.extensions[EXTENSION]
    services.spool.close()
    services.database.close()


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


@pytest.fixture
def store_records(service_settings: Settings) -> Iterator[Callable[[], None]]:
    """Create the database and move what was spooled so far into it, as the log-writer does."""
    database = Database(service_settings.database_address, writable=True)
    database.migrate()
    writer = LogWriter(service_settings.paths, database, 65536)

    def drain() -> None:
        writer.drain(utc_now())

    yield drain
    database.close()


def bearer(key: str) -> dict[str, str]:
    """Return the header that carries a key."""
    return {"Authorization": f"Bearer {key}"}
