"""The pages in this process, over a real service that answers on a real port."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import streamlit as st
from flask import Flask
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from werkzeug.serving import BaseWSGIServer, make_server

from backend.app import create_app
from backend.client import HousingClient
from backend.services import EXTENSION, Services
from dashboard.settings import shared_settings
from storage.log_writer.writer import LogWriter
from storage.process.kinds import LOG_WRITER
from storage.process.lock import only_process
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.migrated import migrated
from tests.settings import changed
from tests.system import PAGE_SECONDS, REPOSITORY

PAGES = REPOSITORY / "dashboard"
OPERATOR_KEY = "operate"
STOP_POLL_SECONDS = 0.02
"""How long a service that is told to stop may take to notice; by default half a second, after each test."""


if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Service:
    """One service over one runtime folder, that can be stopped and started again on its port."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._database = migrated(settings.database_address)
        self._writer = LogWriter(settings.paths, self._database, 65536)
        self._moving = threading.Lock()
        self._server: BaseWSGIServer | None = None
        self._services: Services | None = None

    def start(self) -> None:
        """Answer requests from now on."""
        app = create_app(self.settings)
        self._services = app.extensions[EXTENSION]
        self._server = make_server(
            self.settings.addresses.backend_host,
            self.settings.addresses.backend_port,
            self.application(app),
            threaded=True,
        )
        answer = partial(self._server.serve_forever, poll_interval=STOP_POLL_SECONDS)
        threading.Thread(target=answer, daemon=True).start()

    def application(self, app: Flask) -> "WSGIApplication":
        """Return what answers requests; a test may put something before it."""
        return app

    def stop(self) -> None:
        """Answer nothing any more."""
        if self._server is None or self._services is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._services.spool.close()
        self._services.database.close()
        self._server = self._services = None

    def follow_the_champion(self) -> None:
        """Look whether the champion changed, as a worker does all the time."""
        assert self._services is not None
        self._services.host.refresh()

    def store_records(self) -> None:
        """Move what was recorded so far into the database, as the log-writer does."""
        with self._moving:  # as the lock of log-writers does: two would look for each other's files
            self._writer.drain(utc_now())

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._database.close()


@contextmanager
def log_writer(service: Service) -> Iterator[None]:
    """Keep moving records while something waits; the only one to do so, as a training asks for too."""
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(0.05):
            service.store_records()

    thread = threading.Thread(target=run)
    with only_process(service.settings.paths.log_writer_lock, LOG_WRITER):
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


@pytest.fixture(scope="session", autouse=True)
def _scan_packages_once() -> Iterator[None]:
    """Streamlit looks for components in all installed packages whenever a page starts: half a second each."""
    with pytest.MonkeyPatch.context() as patch:
        scan = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture
def service(champion_settings: Settings) -> Iterator[Service]:
    """A service with a trained champion, answering."""
    yield from _served(champion_settings)


@pytest.fixture
def service_without_model(settings: Settings, free_port: int) -> Iterator[Service]:
    """A service over an empty runtime folder, answering."""
    yield from _served(changed(settings, backend_port=free_port))


@pytest.fixture
def guarded_service(champion_settings: Settings) -> Iterator[Service]:
    """A service that asks for a key on everything."""
    yield from _served(changed(champion_settings, require_key=True, viewer_key="see"))


@pytest.fixture
def operated_service(champion_settings: Settings) -> Iterator[Service]:
    """A service that knows an operator's key."""
    yield from _served(changed(champion_settings, operator_key=OPERATOR_KEY))


def _served(settings: Settings) -> Iterator[Service]:
    service = Service(settings)
    service.start()
    yield service
    service.close()


@pytest.fixture
def client(service: Service) -> Iterator[HousingClient]:
    """Another program that uses the same service."""
    with HousingClient(service.settings.addresses.backend_url) as client:
        yield client


OpenPage = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenPage]:
    """Open one page of the console against a service: ``open_page("predict", service)``."""

    def open_(name: str, service: Service, **settings: str) -> AppTest:
        monkeypatch.setenv("HOUSING_BACKEND_URL", service.settings.addresses.backend_url)
        # What the console keeps is its own: pages of tests side by side would see each other's files.
        monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(service.settings.runtime_directory))
        # The machine may have other work: a slow answer is no missing one.
        monkeypatch.setenv("HOUSING_BACKEND_TIMEOUT_SECONDS", str(PAGE_SECONDS))
        for setting, value in settings.items():
            monkeypatch.setenv(f"HOUSING_{setting.upper()}", value)
        _forget()
        return AppTest.from_file(str(_script(name)), default_timeout=PAGE_SECONDS).run()

    yield open_
    _forget()


def _script(name: str) -> Path:
    return PAGES / name / "page.py"


def _forget() -> None:
    shared_settings.cache_clear()
    st.cache_resource.clear()


def sentences(page: AppTest) -> list[str]:
    """Return what the page says is wrong."""
    assert not page.exception, page.exception
    return [error.value for error in page.error]
