"""Scrapes while workers are killed with -9: none fails, no counter falls, live gauges are of the living."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from backend.metrics.files import MULTIPROCESS_VARIABLE
from backend.serving.served_model import ServedModel
from storage.models.store import ModelStore
from storage.settings import Settings
from tests.faults.load import Load
from tests.faults.metered_service import (
    WORKERS,
    Series,
    metered_service,
    metric_folder,
    scrape,
    serving_workers,
    with_live_gauges,
)
from tests.faults.system_under_test import PATIENCE_SECONDS
from tests.system import wait_for

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(900)]

KILLS = 4
SCRAPE_PAUSE_SECONDS = 0.1
COUNTED = ("_total", "_count", "_sum", "_bucket")
VERSION = "ml_champion_trained_lowest_timestamp_seconds"


class Scraper:
    """Scrapes without a pause worth the name; keeps what was answered and what was wrong."""

    def __init__(self, url: str) -> None:
        self.scrapes: list[dict[Series, float]] = []
        self.problems: list[str] = []
        self._url = url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Scraper":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(SCRAPE_PAUSE_SECONDS):
            try:
                scraped = scrape(self._url)
            except (requests.HTTPError, ValueError) as error:
                self.problems.append(repr(error))
                continue
            if scraped is not None:  # else the worker was killed; Prometheus asks again too
                self.scrapes.append(scraped)


@pytest.fixture
def service(
    champion_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[int]:
    monkeypatch.setenv(MULTIPROCESS_VARIABLE, str(champion_settings.paths.prometheus))
    with metered_service(champion_settings, tmp_path / "api.log") as service:
        yield service


def test_scrapes_while_workers_are_killed(service: int, champion_settings: Settings) -> None:
    store = ModelStore(champion_settings.paths)
    champion = store.champion()
    inputs = ServedModel.load(store, champion.version).profile.inputs[:20].tolist()
    url = f"{champion_settings.addresses.backend_url}/metrics"
    port = champion_settings.addresses.backend_port
    with Load(port, connections=2, per_second=40, inputs=inputs) as load, Scraper(url) as scraper:
        for _ in range(KILLS):
            _kill_the_oldest(service)
    answered = len(load.answered_ids())
    assert scraper.problems == []
    assert len(scraper.scrapes) >= KILLS
    for before, after in zip(scraper.scrapes, scraper.scrapes[1:], strict=False):
        fallen = {
            key for key, value in before.items() if _counts(key) and after.get(key, 0.0) < value
        }
        assert not fallen
    for scraped in scraper.scrapes:
        assert scraped[VERSION, frozenset()] == champion.created_at.timestamp()
    # Every answer was counted before it was given; one whose worker died on the way may be counted too.
    last = wait_for(lambda: scrape(url), what="a last scrape")
    predictions = last["ml_predictions_total", frozenset({("model_version", champion.version)})]
    assert answered <= predictions <= answered + load.unanswered
    assert with_live_gauges() == serving_workers(service)
    assert len(serving_workers(service)) == WORKERS
    # Those of all that were killed are added up in one.
    assert len(list(metric_folder().glob("counter_*.db"))) == WORKERS + 1


def _kill_the_oldest(service: int) -> None:
    workers = serving_workers(service)
    os.kill(min(workers, key=_started), signal.SIGKILL)
    wait_for(lambda: len(serving_workers(service) - workers) == 1, PATIENCE_SECONDS, "a new worker")


def _started(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def _counts(series: Series) -> bool:
    return series[0].endswith(COUNTED)
