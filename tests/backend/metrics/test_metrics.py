"""The metrics of one process and of several: what is counted, what is absent, what dies with its worker."""

import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, values
from prometheus_client.parser import text_string_to_metric_families

from backend.metrics.files import FILE_BYTES, MULTIPROCESS_VARIABLE
from backend.metrics.metrics import Metrics
from tests.system import REPOSITORY

OLD, NEW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
LOWEST = "ml_champion_trained_lowest_timestamp_seconds"
HIGHEST = "ml_champion_trained_highest_timestamp_seconds"

WORKER = """
import sys
from datetime import datetime
from prometheus_client import CollectorRegistry
from backend.metrics.metrics import Metrics
metrics = Metrics(CollectorRegistry())
metrics.set_served_version(sys.argv[1], datetime.fromisoformat(sys.argv[1]))
metrics.count_request("/predict", "POST", 200, 0.0003)
metrics.set_drift_share(0.25)
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["one process", "several"])
def metrics(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Metrics]:
    """Metrics kept in memory, and in files as the workers keep them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(values, "ValueClass", values.ValueClass)
        if request.param == "several":
            patch.setenv(MULTIPROCESS_VARIABLE, str(tmp_path))
        yield Metrics(CollectorRegistry())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setenv(MULTIPROCESS_VARIABLE, str(tmp_path))
    return tmp_path


def test_requests_are_counted_and_timed(metrics: Metrics) -> None:
    for status, seconds in ((200, 0.0001), (200, 0.0003), (503, 60.0)):
        metrics.count_request("/predict", "POST", status, seconds)
    assert _sample(metrics, "api_requests_total", endpoint="/predict", status="200") == 2
    duration = "api_request_duration_seconds"
    assert _sample(metrics, f"{duration}_count") == 3
    assert _sample(metrics, f"{duration}_sum") == pytest.approx(60.0004)
    # An upper bound belongs to its bucket; the longest request has only the last one.
    steps = (("0.0001", 1), ("0.00025", 1), ("0.0005", 2), ("10.0", 2), ("+Inf", 3))
    for bound, number in steps:
        assert _sample(metrics, f"{duration}_bucket", le=bound) == number


def test_predictions_are_counted_by_version(metrics: Metrics) -> None:
    metrics.count_predictions("a", 1, 0.00005)
    metrics.count_predictions("b", 4, 0.0002)
    metrics.count_predictions("b", 4, 0.0002)
    assert _sample(metrics, "ml_predictions_total", model_version="a") == 1
    assert _sample(metrics, "ml_predictions_total", model_version="b") == 8
    assert _sample(metrics, "ml_prediction_duration_seconds_count") == 3
    assert _sample(metrics, "ml_prediction_duration_seconds_bucket", le="0.0001") == 1


def test_a_reading_that_nobody_took_is_absent(metrics: Metrics) -> None:
    text = metrics.exposition().decode()
    names = {family.name for family in text_string_to_metric_families(text)}
    unset = {"ml_realized_rmse", "ml_estimated_rmse", "ml_drifted_feature_share", LOWEST, HIGHEST}
    assert not names & (unset | {"ml_compiled_predictor_in_use"})
    assert _sample(metrics, "ml_model_load_failures_total") == 0


def test_a_reading_is_shown_until_it_is_withdrawn(metrics: Metrics) -> None:
    readings = {
        "ml_realized_rmse": metrics.set_realized_error,
        "ml_estimated_rmse": metrics.set_estimated_error,
        "ml_drifted_feature_share": metrics.set_drift_share,
    }
    for name, tell in readings.items():
        for value in (0.5, 0.0):
            tell(value)
            assert _sample(metrics, name) == value
        tell(None)
        assert name not in metrics.exposition().decode()
        tell(0.25)
        assert _sample(metrics, name) == 0.25


def test_the_predictor_in_use_is_shown(metrics: Metrics) -> None:
    for compiled in (True, False):
        metrics.set_compiled_predictor(compiled)
        assert _sample(metrics, "ml_compiled_predictor_in_use") == compiled


def test_every_metric_has_help(metrics: Metrics) -> None:
    _use_all(metrics)
    families = [
        family
        for family in text_string_to_metric_families(metrics.exposition().decode())
        if not family.name.endswith("_created")
    ]
    assert len(families) == 18
    assert all(family.documentation.endswith(".") for family in families)


def test_a_mixed_fleet_shows_and_only_living_workers_count(folder: Path) -> None:
    metrics = Metrics(CollectorRegistry())
    old, new = _worker(folder, OLD), _worker(folder, NEW)
    try:
        assert _sample(metrics, LOWEST) == OLD.timestamp()
        assert _sample(metrics, HIGHEST) == NEW.timestamp()
        assert metrics.workers_by_version() == {OLD.isoformat(): 1, NEW.isoformat(): 1}
        old.kill()
        old.wait()
        assert metrics.workers_by_version() == {NEW.isoformat(): 1}
        assert _sample(metrics, LOWEST) == _sample(metrics, HIGHEST) == NEW.timestamp()
    finally:
        for worker in (old, new):
            worker.kill()
            worker.communicate()
    assert LOWEST not in metrics.exposition().decode()
    assert not list(folder.glob("gauge_live*"))
    # What was counted and what was measured outlives the process that did it.
    assert _sample(metrics, "api_requests_total", endpoint="/predict") == 2
    assert _sample(metrics, "ml_drifted_feature_share") == 0.25


def test_a_worker_is_counted_at_the_version_that_it_serves_now(metrics: Metrics) -> None:
    assert metrics.workers_by_version() == {}
    metrics.set_served_version("old", OLD)
    metrics.set_served_version("new", NEW)
    assert metrics.workers_by_version() == {"new": 1}
    metrics.set_served_version("old", OLD)
    assert metrics.workers_by_version() == {"old": 1}


def test_a_full_file_grows(folder: Path) -> None:
    metrics = Metrics(CollectorRegistry())
    numbers = range(4000)
    for number in numbers:
        metrics.count_validation_error(f"field {number}")
    sizes = [path.stat().st_size for path in folder.glob("counter_*.db")]
    assert sizes == [pytest.approx(FILE_BYTES * 4, abs=FILE_BYTES * 2)]
    # Series from before the growth go on counting in the same place.
    for number in numbers:
        metrics.count_validation_error(f"field {number}")
    families = text_string_to_metric_families(metrics.exposition().decode())
    counted = next(family for family in families if family.name == "input_validation_errors")
    assert {sample.value for sample in counted.samples} == {2.0}
    assert len(counted.samples) == len(numbers)


def test_no_room_for_a_metric_is_no_reason_to_fail(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = Metrics(CollectorRegistry())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    metrics.set_drift_share(0.5)
    assert "No space left on device" in caplog.text
    metrics.count_request("/predict", "POST", 200, 0.1)
    assert _sample(metrics, "api_requests_total", endpoint="/predict") == 1
    assert not list(folder.glob("*.new"))


def _worker(folder: Path, version: datetime) -> subprocess.Popen[str]:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, version.isoformat()],
        cwd=REPOSITORY,
        env=os.environ | {MULTIPROCESS_VARIABLE: str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def _use_all(metrics: Metrics) -> None:
    metrics.count_request("/predict", "POST", 200, 0.0003)
    metrics.count_predictions("a", 1, 0.00005)
    metrics.count_validation_error("MedInc")
    metrics.count_unlogged_request()
    metrics.count_unaudited_change()
    metrics.count_load_failure()
    metrics.set_served_version("old", OLD)
    metrics.set_compiled_predictor(True)
    metrics.set_realized_error(0.4)
    metrics.set_estimated_error(0.4)
    metrics.set_drift_share(0.125)


def _sample(metrics: Metrics, name: str, **labels: str) -> float:
    found = [
        sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    assert len(found) == 1, f"{name} {labels}: {found}"
    return found[0]


UNREADABLE = struct.pack("ii", 4_000, 0) + b"\xff" * 5_000


@pytest.mark.parametrize("content", [b"", UNREADABLE], ids=["empty", "garbage"])
def test_a_damaged_file_is_set_aside_and_the_others_count(
    folder: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = Metrics(CollectorRegistry())
    metrics.count_predictions("a", 1, 0.0001)
    damaged = folder / "counter_1-00000000.db"
    damaged.write_bytes(content)
    for _ in range(2):
        assert _sample(metrics, "ml_predictions_total", model_version="a") == 1
    assert caplog.text.count("cannot be read and were set aside") == 1
    assert damaged.with_suffix(".unreadable").exists()
