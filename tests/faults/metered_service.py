"""The API with two workers, seen through the metric files that they write."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from prometheus_client.parser import text_string_to_metric_families

from backend.metrics.dead_files import LIVE_FILES
from backend.metrics.files import MULTIPROCESS_VARIABLE
from storage.settings import Settings
from tests.backend.live_service import process_settings
from tests.faults.system_under_test import PATIENCE_SECONDS
from tests.system import children, running, wait_for

WORKERS = 2
Series = tuple[str, frozenset[tuple[str, str]]]
"""A metric's name and its labels."""


@contextmanager
def metered_service(settings: Settings, log: Path, **more: str) -> Iterator[int]:
    """Run the API; give its process id. This process must be told where the metric files are."""
    with running("backend", log, **process_settings(settings), **more) as process:
        wait_for(
            lambda: len(serving_workers(process.pid)) == WORKERS, PATIENCE_SECONDS, "two workers"
        )
        yield process.pid


def serving_workers(service: int) -> set[int]:
    """Return the living workers that serve a model: those with live gauges."""
    return with_live_gauges() & set(children(service))


def with_live_gauges() -> set[int]:
    """Return the processes whose live gauges lie in the folder."""
    names = [path.stem for path in metric_folder().glob(LIVE_FILES)]
    return {int(name.split("_")[2].partition("-")[0]) for name in names}


def metric_folder() -> Path:
    """Return where the metric files are."""
    return Path(os.environ[MULTIPROCESS_VARIABLE])


def scrape(url: str, seconds: float = 10.0) -> dict[Series, float] | None:
    """Return what one scrape, over a connection of its own, gives; None if nobody answers it in time."""
    try:
        answer = requests.get(url, timeout=seconds)
    except requests.RequestException:
        return None
    answer.raise_for_status()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
