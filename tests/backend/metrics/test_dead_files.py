"""What dead workers left is added up: a file of each kind stays, no number counts twice or not at all."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, values
from prometheus_client.mmap_dict import mmap_key

from backend.metrics import scrape
from backend.metrics.dead_files import KINDS, add_up_dead
from backend.metrics.files import MULTIPROCESS_VARIABLE, content
from backend.metrics.metrics import Metrics

DEAD = 4
PREDICTED, SHARE_NAME = "ml_predictions_total", "ml_drifted_feature_share"
PREDICTIONS = mmap_key("ml_predictions", "ml_predictions_total", ["model_version"], ["a"], "Help.")
SHARE = mmap_key(SHARE_NAME, SHARE_NAME, [], [], "Help.")
BUCKET = mmap_key("seconds", "seconds_bucket", ["le"], ["0.5"], "Help.")


class Killed(BaseException):
    """The end of the process."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setenv(MULTIPROCESS_VARIABLE, str(tmp_path))
    for process in range(1, DEAD + 1):
        _die(tmp_path, process)
    return tmp_path


def test_any_number_of_dead_workers_leaves_one_file_of_each_kind(folder: Path) -> None:
    for process in range(10, 200):
        _die(folder, process)
        add_up_dead(folder)
    assert len(list(folder.iterdir())) == len(KINDS)
    assert _sums() == (DEAD + 190, 3 * (DEAD + 190), 199)


def test_those_who_live_keep_theirs_and_all_count(folder: Path) -> None:
    metrics = Metrics(CollectorRegistry())
    metrics.count_predictions("a", 5, 0.1)
    metrics.set_served_version("a", datetime(2026, 1, 1, tzinfo=UTC))
    before = sorted(folder.glob("*.db"))
    add_up_dead(folder)
    assert sorted(folder.glob("*.db")) == before
    assert _sums()[0] == DEAD + 5
    assert metrics.workers_by_version() == {"a": 1}


@pytest.mark.parametrize("name", ["rename", "unlink"])
def test_a_kill_at_any_moment_counts_nothing_twice(
    name: str,
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = _sums()
    for last in range(4 * DEAD):
        copy = shutil.copytree(folder, tmp_path_factory.mktemp("copy") / "metrics")
        monkeypatch.setenv(MULTIPROCESS_VARIABLE, str(copy))
        with monkeypatch.context() as patch:
            patch.setattr(Path, name, _killing(getattr(Path, name), last))
            try:
                add_up_dead(copy)
            except Killed:
                assert _sums() == expected
        add_up_dead(copy)
        assert _sums() == expected
        assert len(list(copy.glob("*.db"))) == len(KINDS)


def test_a_damaged_file_is_set_aside_and_a_full_disk_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = _sums()
    (folder / "counter_7-damaged.db").write_bytes(b"\x40\0\0\0" + b"\xff" * 60)
    before = sorted(folder.glob("*.db"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", _full)
        add_up_dead(folder)
    assert sorted(folder.glob("*.db")) == before
    add_up_dead(folder)
    assert (folder / "counter_7-damaged.unreadable").exists()
    assert "cannot be read and were set aside" in caplog.text
    assert _sums() == expected


def _die(folder: Path, process: int) -> None:
    (folder / f"counter_{process}-{process:08x}.db").write_bytes(content([(PREDICTIONS, 1.0, 0.0)]))
    (folder / f"histogram_{process}-{process:08x}.db").write_bytes(content([(BUCKET, 3.0, 0.0)]))
    share = content([(SHARE, process, 1e9 + process)])
    (folder / f"gauge_mostrecent_{process}-{process:08x}.db").write_bytes(share)
    (folder / f"gauge_livesum_{process}-{process:08x}.db").write_bytes(content([]))


def _sums() -> tuple[float, ...]:
    samples = {
        sample.name: sample.value
        for family in scrape.collected().collect()
        for sample in family.samples
        if sample.labels in ({}, {"model_version": "a"}, {"le": "0.5"})
    }
    return tuple(samples[key] for key in (PREDICTED, "seconds_bucket", SHARE_NAME))


def _killing(real: Callable[..., Any], last: int) -> Callable[..., Any]:
    calls = iter(range(last))

    def call(path: Path, *arguments: Any, **options: Any) -> Any:
        if next(calls, None) is None:
            raise Killed
        return real(path, *arguments, **options)

    return call


def _full(_path: Path, _content: bytes) -> int:
    raise OSError(28, "No space left on device")
