"""One process of a kind on one runtime folder."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.process import lock as module
from storage.process.lock import AlreadyRunning, only_process, only_process_or_exit
from tests.system import REPOSITORY, wait_for

HOLDER = """
import os, sys
from pathlib import Path
from storage.process.lock import only_process_or_exit
only_process_or_exit(Path(sys.argv[1]), "mlops-api")
print(os.getpid(), flush=True)
os.execv(sys.executable, [sys.executable, "-c", "input()"])
"""
KEEPER = """
import signal, sys
from pathlib import Path
from storage.process.lock import only_process
with only_process(Path(sys.argv[1]), "worker") as held:
    held.keep()
    print("holds it", flush=True)
    signal.pause()
"""


def test_a_second_one_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    lock = tmp_path / "triggers" / "worker.lock"
    with (
        only_process(lock, "worker"),
        pytest.raises(AlreadyRunning, match=r"^worker is already running for") as refused,
        only_process(lock, "worker"),
    ):
        pass
    assert f"(process {os.getpid()} on " in str(refused.value)
    with only_process(lock, "worker"):
        pass


def test_a_process_keeps_its_lock_when_it_becomes_another_program(tmp_path: Path) -> None:
    lock = tmp_path / "processes" / "mlops-api.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    with holder, holder.stdout:
        pid = int(holder.stdout.readline())
        with pytest.raises(SystemExit, match=rf"\(process {pid} on "):
            only_process_or_exit(lock, "mlops-api")
        holder.communicate("\n")
    with only_process(lock, "mlops-api"):
        pass


def _move_folder(lock: Path) -> None:
    lock.parent.rename(lock.parent.with_name("elsewhere"))


def _replace(lock: Path) -> None:
    lock.with_name("copy").write_text("process 1 on another machine")
    lock.with_name("copy").rename(lock)


@pytest.mark.parametrize(
    "fault", [Path.unlink, lambda lock: shutil.rmtree(lock.parent), _move_folder, _replace]
)
def test_a_removed_lock_is_taken_anew(
    fault: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    lock = tmp_path / "spool" / "log_writer.lock"
    with only_process(lock, "log-writer") as held:
        held.keep()
        fault(lock)
        wait_for(lambda: _holder(lock) == os.getpid(), 5, "the lock taken anew")
        with pytest.raises(AlreadyRunning), only_process(lock, "log-writer"):
            pass
    with only_process(lock, "log-writer"):
        pass


def test_whoever_finds_its_removed_lock_taken_stops(tmp_path: Path) -> None:
    lock = tmp_path / "triggers" / "worker.lock"
    keeper = subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(lock)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "holds it\n"
        lock.unlink()
        with only_process(lock, "worker"):
            _, said = keeper.communicate(timeout=20)
    assert keeper.returncode == -signal.SIGTERM
    assert f"worker is already running for {tmp_path} (process {os.getpid()} on " in said


def _holder(lock: Path) -> int | None:
    words = lock.read_text().split() if lock.exists() else []
    return int(words[1]) if words[:1] == ["process"] else None


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "runtime").write_text("a file")
    with pytest.raises(SystemExit, match="cannot be written"):
        only_process_or_exit(tmp_path / "runtime" / "processes" / "monitor.lock", "monitor")
