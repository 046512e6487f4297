"""The processes that are measured, over a runtime folder of their own with the real champion."""

import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import Self

import requests

from storage.domain.inputs import EXAMPLE
from storage.domain.table import FOLDER, TABLE
from storage.runtime_table import refuse_other_table
from storage.settings import Settings
from tests.settings import changed
from tests.system import Program, free_port, running_cold, wait_for

CONSTANT_APP = "tests.benchmarks.serving.constant_app:create_app"
DRAIN_SECONDS = 180.0
DRAIN_LOOK_SECONDS = 0.2
START_LOOK_SECONDS = 0.005


class ServedSystem:
    """The API and the log-writer as in production, beside them a constant answer on the same server.

    Parameters
    ----------
    models
        The models folder of a runtime folder that has a champion; copied.
    folder
        Empty, for everything that is written.
    told
        Further settings of its processes, by the names of their variables.
    """

    def __init__(self, models: Path, folder: Path, **told: str) -> None:
        self._folder = folder
        self._told = told
        self.settings = changed(
            Settings(runtime_directory=folder / "runtime"), backend_port=free_port()
        )
        self._constant = changed(self.settings, backend_port=free_port())
        self._api: Program | None = None
        paths = self.settings.paths
        paths.root.mkdir(parents=True)
        # A folder with a champion and no word of its table is taken for one of an earlier release.
        refuse_other_table(paths, TABLE, writes=True)
        shutil.copytree(models, paths.models)

    @property
    def url(self) -> str:
        """The measured service."""
        return self.settings.addresses.backend_url

    @property
    def constant_url(self) -> str:
        """The constant answer."""
        return self._constant.addresses.backend_url

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Run everything; it is all idle unless asked."""
        with ExitStack() as stack:
            stack.enter_context(self._process("storage.log_writer"))
            self._api = stack.enter_context(self._process("backend"))
            constant_port = self._constant.addresses.backend_port
            stack.enter_context(self._process("backend.server", CONSTANT_APP, port=constant_port))
            wait_for(lambda: _answers(self.url), what="the service")
            wait_for(lambda: _answers(self.constant_url), what="the constant answer")
            yield self

    def cold_start_seconds(self) -> float:
        """Start the API alone; return the seconds from its start to its first prediction."""
        started = time.perf_counter()
        with self._process("backend"):
            while not _answers(self.url):
                time.sleep(START_LOOK_SECONDS)
            return time.perf_counter() - started

    def drain(self) -> float:
        """Wait until exactly the counted predictions are in the database; return the seconds it took.

        Raises
        ------
        RuntimeError
            If they are not within three minutes.
        """
        started = time.monotonic()
        while self.stored() != (counted := self.counted(), counted):
            if time.monotonic() - started > DRAIN_SECONDS:
                raise RuntimeError(f"{counted} predictions were answered; stored: {self.stored()}.")
            time.sleep(DRAIN_LOOK_SECONDS)
        return time.monotonic() - started

    def counted(self) -> int:
        """Return how many predictions the service says it answered, all workers together."""
        text = requests.get(f"{self.url}/metrics", timeout=10).text
        samples = re.findall(r"^ml_predictions_total(?:\{.*\})? (\S+)$", text, re.MULTILINE)
        return int(sum(float(sample) for sample in samples))

    def stored(self) -> tuple[int, int]:
        """Return the predictions in the database: rows, and different ids among them."""
        address = f"file:{self.settings.paths.database}?mode=ro"
        query = "SELECT count(*), count(DISTINCT prediction_id) FROM predictions"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            rows, ids = connection.execute(query).fetchone()
        return int(rows), int(ids)

    def worker_memory(self) -> list[dict[str, float]]:
        """Return the resident and the proportional memory of each worker process, in MB."""
        if self._api is None:
            raise RuntimeError("Memory is that of a running service.")
        return [_memory(worker) for worker in _children(self._api.pid)]

    def _process(
        self, module: str, *arguments: str, port: int | None = None
    ) -> AbstractContextManager[Program]:
        return running_cold(
            module,
            self._folder / f"{module}.log",
            *arguments,
            HOUSING_TABLE=str(FOLDER),
            HOUSING_RUNTIME_DIRECTORY=str(self.settings.runtime_directory),
            HOUSING_BACKEND_PORT=str(port or self.settings.addresses.backend_port),
            **self._told,
        )


def _answers(url: str) -> bool:
    try:
        return requests.post(f"{url}/predict", json=EXAMPLE, timeout=10).status_code == 200
    except requests.RequestException:
        return False


def _children(parent: int) -> list[int]:
    tasks = Path(f"/proc/{parent}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    # A worker runs Python; multiprocessing's resource tracker is a child too, and no worker.
    return [child for child in children if "resource_tracker" not in _command(child)]


def _command(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_text()


def _memory(process: int) -> dict[str, float]:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return {
        "rss_megabytes": kilobytes["Rss"] * 1024 / 1e6,
        "pss_megabytes": kilobytes["Pss"] * 1024 / 1e6,
    }
