"""One process of a kind on one runtime folder."""

from pathlib import Path

import pytest

from storage.process.lock import AlreadyRunning, only_process


def test_a_second_one_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    lock = tmp_path / "triggers" / "worker.lock"
    with (
        only_process(lock, "worker"),
        pytest.raises(AlreadyRunning, match="A worker is already running for"),
        only_process(lock, "worker"),
    ):
        pass
    with only_process(lock, "worker"):
        pass
