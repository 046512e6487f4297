"""The database locked, read-only and missing under load: serving goes on, the backlog rises, then drains."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest

from backend.client import HousingClient, ServiceRefused
from backend.contract.predictions import HousingFeatures
from backend.contract.records import RequestsQuery
from storage.schema.features import EXAMPLE
from storage.settings import Settings
from tests.faults.load import Load, percentile_milliseconds
from tests.faults.system_under_test import OBEYING_MODES, System, report, running_system
from tests.system import wait_for

pytestmark = pytest.mark.xdist_group("faults")

PER_SECOND = 200.0
CALM_SECONDS = 5.0
LOCK_SECONDS = 6.0
LONG_LOCK_SECONDS = 30.0
FAULT_SECONDS = 5.0
NOISE_FACTOR, NOISE_MILLISECONDS = 10, 250
"""Who waits for the database waits for 5 s; what a busy machine adds is far below."""


@pytest.mark.parametrize(
    "lock_seconds", [LOCK_SECONDS, pytest.param(LONG_LOCK_SECONDS, marks=pytest.mark.soak)]
)
def test_serving_does_not_notice_the_database(
    lock_seconds: float,
    champion_settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with running_system(champion_settings, tmp_path, workers=2) as system:
        system.log_writer.start(OBEYING_MODES if os.geteuid() == 0 else ())
        wait_for(champion_settings.paths.database.exists, what="the database")
        with Load(champion_settings.backend_port, per_second=PER_SECOND) as load:
            waits = [_seconds_until_visible(system.client) for _ in range(10)]
            before = _watch(system, load, CALM_SECONDS)
            phases = {"before": before}
            for name, fault, seconds in (
                ("locked", _locked, lock_seconds),
                ("read_only", _read_only, FAULT_SECONDS),
                ("missing", _missing, FAULT_SECONDS),
            ):
                with fault(system):
                    phases[name] = _watch(system, load, seconds)
                phases[name]["drain_seconds"] = round(_until_short(system), 1)
        system.drained()
        lost, doubled = system.lost_and_doubled(load.answered_ids())
    figures = {
        "visible_seconds": {"median": round(median(waits), 2), "longest": round(max(waits), 2)},
        "phases": phases,
        "answered_200": len(load.answered_ids()),
        "lost": lost,
        "doubled": doubled,
    }
    report(capsys, figures)
    assert {answer.status for answer in load.answers} == {200}
    assert load.unanswered == 0
    assert (lost, doubled) == (0, 0)
    assert median(waits) < 1.0
    for name in ("locked", "read_only", "missing"):
        assert phases[name]["backlog_bytes"] > 100_000, name
        noise = NOISE_FACTOR * before["p99_milliseconds"] + NOISE_MILLISECONDS
        assert phases[name]["p99_milliseconds"] < noise, name


def _watch(system: System, load: Load, seconds: float) -> dict[str, float]:
    """Let it run for a while; return what was served and what waits at the end."""
    begin = time.monotonic()
    time.sleep(seconds)
    answers = load.between(begin, time.monotonic() - 0.5)
    return {
        "requests": len(answers),
        "p99_milliseconds": round(percentile_milliseconds(answers, 0.99), 1),
        "backlog_bytes": system.backlog_bytes(),
    }


def _until_short(system: System) -> float:
    """Wait until only what just came in waits, load going on; return for how many seconds."""
    begun = time.monotonic()
    wait_for(lambda: system.backlog_bytes() < 100_000, what="a short backlog")
    return time.monotonic() - begun


def _seconds_until_visible(client: HousingClient) -> float:
    """Predict; return after how long the prediction and its request can be read back."""
    answer = client.predict(HousingFeatures(**EXAMPLE))
    begun = time.monotonic()
    wait_for(lambda: _is_visible(client, answer.prediction_id), what="the prediction")
    return time.monotonic() - begun


def _is_visible(client: HousingClient, prediction_id: str) -> bool:
    try:
        request_id = client.prediction(prediction_id).prediction.request_id
    except ServiceRefused:
        return False
    rows = client.api_metrics(RequestsQuery(endpoint="/predict", limit=1000)).metrics
    return any(row.request_id == request_id for row in rows)


@contextmanager
def _locked(system: System) -> Iterator[None]:
    other = sqlite3.connect(system.settings.paths.database, timeout=30, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
        backlog = system.client.database_statistics().statistics.spool_backlog
        assert backlog.oldest_age_seconds > FAULT_SECONDS / 2
        assert backlog.bytes > 100_000
    finally:
        other.rollback()
        other.close()


@contextmanager
def _read_only(system: System) -> Iterator[None]:
    """As after a file system was mounted read-only: the log-writer comes back and may only read."""
    folder = system.settings.paths.database_folder
    modes = {path: path.stat().st_mode & 0o777 for path in (*folder.iterdir(), folder)}
    system.log_writer.kill()
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    system.log_writer.start(OBEYING_MODES if os.geteuid() == 0 else ())
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@contextmanager
def _missing(system: System) -> Iterator[None]:
    """The folder is gone, and another cannot be made."""
    folder = system.settings.paths.database_folder
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    folder.write_text("in the way")
    try:
        yield
    finally:
        folder.unlink()
        elsewhere.rename(folder)
