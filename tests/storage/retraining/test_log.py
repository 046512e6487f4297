"""The log beside a trigger: what was logged meanwhile, its end kept, its size bounded."""

import logging
from pathlib import Path

import pytest

from storage.retraining.log import LARGEST_BYTES, OLDER, kept_log, log_tail

logger = logging.getLogger("a.step")


@pytest.fixture(autouse=True)
def _everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")


def test_what_is_logged_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    logger.info("before")
    with kept_log(path):
        logger.info("first")
        logger.warning("second")
    logger.info("after")
    with kept_log(path):  # the next worker takes the same trigger up again
        logger.info("third")
    kept = [line.split(maxsplit=2)[1:] for line in log_tail(path, 10)]
    assert kept == [["INFO", "first"], ["WARNING", "second"], ["INFO", "third"]]
    assert log_tail(path, 1)[0].endswith("third")


def test_the_end_is_kept_and_the_size_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    with kept_log(path):
        for number in range(5_000):
            logger.info("%06d %s", number, "x" * 40)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2 * LARGEST_BYTES
    assert {file.name for file in tmp_path.iterdir()} == {"one.log", f"one.log{OLDER}"}
    numbers = [int(line.split()[2]) for line in log_tail(path, 500)]
    assert numbers == list(range(4_500, 5_000))


def test_nothing_kept_is_no_line(tmp_path: Path) -> None:
    assert log_tail(tmp_path / "none.log", 10) == []


def test_a_folder_that_cannot_be_written_costs_the_lines_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    with kept_log(tmp_path / "missing" / "one.log"):
        logger.info("lost")
    assert log_tail(tmp_path / "missing" / "one.log", 10) == []
