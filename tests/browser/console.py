"""The whole system as a person runs it: log-writer, service and console, each a process, and a browser."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Literal

import requests
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect, sync_playwright

from backend.client import HousingClient, ServiceUnreachable
from storage.paths import RuntimePaths
from tests.system import Program, running, running_cold, wait_for

PATHS = (
    "",
    "alerts",
    "predict",
    "batch",
    "latency",
    "performance",
    "drift",
    "data",
    "retrain",
    "registry",
    "logs",
    "configuration",
)
"""Of every page."""
Scheme = Literal["light", "dark"]

GROUNDS: dict[Scheme, str] = {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 24, 28)"}
"""What each page is painted on: .streamlit/config.toml."""
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
"""The first one that is there: without windows, Chromium takes 40 % less processor time."""
REFRESH_SECONDS = 2
SMALL_WORKER = ("tests.small_worker", "4")
ADMIN_KEY = "administer"
OPERATOR_KEY = "operate"
SETTLED = (
    "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
)
PATIENCE_SECONDS = 60
"""The machine may have other work: a test waits long for what must come, and never sleeps for it."""
CLICKS, CLICK_SECONDS = 4, 10
COLD_START_SECONDS = 240
"""Each worker loads the model and compiles it; on a busy machine that takes its time."""


class System:
    """The processes over one runtime folder; the service alone can be killed and started again."""

    def __init__(
        self, runtime: Path, logs: Path, backend_port: int, dashboard_port: int, **settings: str
    ) -> None:
        self.paths = RuntimePaths(runtime)
        self.service_url = f"http://127.0.0.1:{backend_port}"
        self.console_url = f"http://127.0.0.1:{dashboard_port}"
        self.client = HousingClient(self.service_url, ADMIN_KEY)
        self._logs = logs
        self._settings = {
            "HOUSING_RUNTIME_DIRECTORY": str(runtime),
            "HOUSING_BACKEND_PORT": str(backend_port),
            "HOUSING_ADMIN_KEY": ADMIN_KEY,
            "HOUSING_OPERATOR_KEY": OPERATOR_KEY,
            "HOUSING_DASHBOARD_KEY": OPERATOR_KEY,
            "HOUSING_BACKEND_URL": self.service_url,
            "HOUSING_DASHBOARD_PORT": str(dashboard_port),
            "HOUSING_REFRESH_SECONDS": str(REFRESH_SECONDS),
            "HOUSING_BACKEND_TIMEOUT_SECONDS": str(PATIENCE_SECONDS),
        } | settings
        # What was imported already has the embedded table's definition.
        self._running = running_cold if "HOUSING_TABLE" in settings else running
        self._others = ExitStack()
        self._service = ExitStack()
        self.service_runs = False

    def start(self) -> None:
        """Start everything and wait until it answers."""
        self._run(self._others, "storage.log_writer")
        self._run(self._others, "dashboard")
        self.start_service()
        wait_for(self._console_answers, what="an answer of the console")

    def start_service(self) -> None:
        """Start the service and wait until it is healthy."""
        self._run(self._service, "backend")
        wait_for(self._service_is_healthy, COLD_START_SECONDS, "a healthy service")
        self.service_runs = True

    @contextmanager
    def worker(self, *command: str, **settings: str) -> Iterator[None]:
        """Run the retraining worker meanwhile, unless told otherwise with models of few trees and rows."""
        module, *arguments = command or SMALL_WORKER
        told = self._settings | settings
        with self._running(module, self._logs / "worker.log", *arguments, **told):
            yield

    def stop_service(self) -> None:
        """End the service and all of its workers."""
        self.service_runs = False
        self._service.close()

    def stop(self) -> None:
        """End everything."""
        self.client.close()
        self._service.close()
        self._others.close()

    def rows(self, query: str, *values: str) -> list[tuple[object, ...]]:
        """Read the database file itself, past everything of ours."""
        address = f"file:{self.paths.database}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def console_log(self) -> str:
        """Return what the console wrote."""
        return (self._logs / "dashboard.log").read_text()

    def _run(self, stack: ExitStack, module: str) -> Program:
        log = self._logs / f"{module.split('.')[-1]}.log"
        return stack.enter_context(self._running(module, log, **self._settings))

    def _service_is_healthy(self) -> bool:
        try:
            return self.client.health().status == "healthy"
        except ServiceUnreachable:
            return False

    def _console_answers(self) -> bool:
        try:
            return requests.get(f"{self.console_url}/_stcore/health", timeout=5).ok
        except requests.RequestException:
            return False


@contextmanager
def running_system(
    runtime: Path, logs: Path, backend_port: int, dashboard_port: int, **settings: str
) -> Iterator[System]:
    """Run the whole system over a runtime folder that has a champion; ``settings`` may name its table."""
    system = System(runtime, logs, backend_port, dashboard_port, **settings)
    try:
        system.start()
        yield system
    finally:
        system.stop()


class MissingBrowser(Exception):
    """No Chromium is installed; the message says how to get one."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a real Chromium.

    Raises
    ------
    MissingBrowser
        If none is installed.
    """
    program = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if program is None:
        raise MissingBrowser(
            "The browser tests need Chromium, and none is installed. Run `make browser`, "
            "or install your system's own, such as `sudo apt-get install chromium`."
        )
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_SECONDS * 1_000)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def visit(page: Page, system: System, path: str = "") -> None:
    """Open one page of the console and wait until it is drawn."""
    page.goto(f"{system.console_url}/{path}", timeout=PATIENCE_SECONDS * 1_000)
    settle(page)


def wear(page: Page, scheme: Scheme) -> None:
    """Show the page as by day or by night, and wait until it does."""
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", GROUNDS[scheme])


def open_first_row(page: Page, opened: Locator) -> None:
    """Click the first row of the page's table until what it opens is there.

    The table is one picture: a click that meets it while it is being replaced is lost, and a person clicks
    again.
    """
    for _ in range(CLICKS):
        settle(page)
        table = page.get_by_test_id("stDataFrame").locator("canvas").first
        # The selection boxes are at the left edge, below the header.
        table.click(position={"x": 16, "y": 52}, force=True)
        with suppress(AssertionError):
            expect(opened).to_be_visible(timeout=CLICK_SECONDS * 1_000)
            return
    expect(opened).to_be_visible()


def choose(page: Page, name: str, option: str) -> None:
    """Choose an option of a list; a redraw closes an open list, and a person opens it again."""
    for _ in range(CLICKS):
        settle(page)
        page.get_by_role("combobox", name=name).click()
        with suppress(TimeoutError):
            page.get_by_role("option", name=option).click(timeout=CLICK_SECONDS * 1_000)
            return
    raise AssertionError(f"The list {name} did not stay open.")


def settle(page: Page) -> None:
    """Wait until the page is connected and its script has run."""
    page.wait_for_selector(SETTLED, timeout=PATIENCE_SECONDS * 1_000)
