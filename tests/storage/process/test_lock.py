"""One process of a kind on one runtime folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.process.lock import AlreadyRunning, only_process, only_process_or_exit
from tests.system import REPOSITORY

HOLDER = """
import os, sys
from pathlib import Path
from storage.process.lock import only_process_or_exit
only_process_or_exit(Path(sys.argv[1]), "mlops-api")
print(os.getpid(), flush=True)
os.execv(sys.executable, [sys.executable, "-c", "input()"])
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


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "runtime").write_text("a file")
    with pytest.raises(SystemExit, match="cannot be written"):
        only_process_or_exit(tmp_path / "runtime" / "processes" / "monitor.lock", "monitor")
