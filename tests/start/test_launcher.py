"""``make up``'s second half: everything starts, answers, comes back when killed, is gone after Ctrl-C."""

import os
import signal
import socket
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from backend.keys.system_keys import KEY_VARIABLES
from backend.launcher import programs
from storage.paths import RuntimePaths
from tests.launched import launched
from tests.system import REPOSITORY, Program, free_port, running, wait_for
from tests.tracking_store import copy_store, empty_store

pytestmark = pytest.mark.xdist_group("system")

STOP_SECONDS = 10
BACK_SECONDS = 5
SECONDS = {
    "`make up`": "backend.launcher",
    "mlops-api": "backend",
    "monitor": "backend.monitor",
    "log-writer": "storage.log_writer",
}
"""Which of them may not run twice; the worker takes the same lock as the log-writer."""
KILLED = {"mlops-api", "log-writer", "monitor", "dashboard"}
"""All are looked after in one way; the start of the other two is mostly imports."""
PROCESSES = {"mlops-api", "log-writer", "worker", "monitor", "mlflow-server", "dashboard"}


@pytest.fixture
def ports() -> dict[str, str]:
    """Three free ports, by setting."""
    names = ("HOUSING_BACKEND_PORT", "HOUSING_DASHBOARD_PORT", "HOUSING_MLFLOW_PORT")
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in names]
    chosen = {name: str(probe.getsockname()[1]) for name, probe in zip(names, probes, strict=True)}
    for probe in probes:
        probe.close()
    return chosen


def test_everything_answers_comes_back_and_ctrl_c_leaves_nothing(
    runtime_with_champion: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    ports: dict[str, str],
) -> None:
    log = tmp_path / "up.log"
    settings = ports | {"HOUSING_RUNTIME_DIRECTORY": str(runtime_with_champion)}
    copy_store(empty_store(tmp_path_factory), RuntimePaths(runtime_with_champion))
    with running("backend.launcher", log, **settings) as launcher:
        wait_for(lambda: "Ready. Press Ctrl-C to stop." in log.read_text(), 90, "all addresses")
        for port in ports.values():
            assert f"http://127.0.0.1:{port}" in log.read_text()
        keys = runtime_with_champion / "keys.env"
        assert stat.S_IMODE(keys.stat().st_mode) == 0o600
        _assert_a_second_is_refused(launcher, runtime_with_champion, tmp_path, settings)
        _assert_each_comes_back(launcher, log)
        _assert_the_service_tells(ports["HOUSING_BACKEND_PORT"])
        started = time.monotonic()
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(STOP_SECONDS) == 0
        assert time.monotonic() - started < STOP_SECONDS
        assert _processes_of(runtime_with_champion) == []
    _assert_no_key_is_shown(keys, log)


def _assert_a_second_is_refused(
    launcher: Program, runtime: Path, folder: Path, settings: dict[str, str]
) -> None:
    before = set((runtime / "prometheus").iterdir())
    assert before
    holders = launched(launcher.pid) | {"`make up`": launcher.pid}
    others = settings | {"HOUSING_BACKEND_PORT": str(free_port())}
    for kind, module in SECONDS.items():
        log = folder / f"second-{module}.log"
        with running(module, log, **others) as second:
            assert second.wait(30) == 1
        [sentence] = log.read_text().splitlines()
        assert sentence.startswith(f"{kind} is already running for {runtime} (process ")
        assert f"(process {holders[kind]} on " in sentence
    assert before <= set((runtime / "prometheus").iterdir())


def _assert_each_comes_back(launcher: Program, log: Path) -> None:
    first = launched(launcher.pid)
    assert set(first) == PROCESSES
    for name in KILLED:
        os.kill(first[name], signal.SIGKILL)
    wait_for(lambda: _are_back(launcher, first), BACK_SECONDS, "those that were killed")
    now = launched(launcher.pid)
    assert {name for name in PROCESSES if now[name] != first[name]} == KILLED
    for name in KILLED:
        said = f"{name} ended (killed by signal 9); starting it again in 1 s."
        assert log.read_text().count(said) == 1


def _are_back(launcher: Program, first: dict[str, int]) -> bool:
    now = launched(launcher.pid)
    return all(now.get(name, first[name]) != first[name] for name in KILLED)


def _assert_the_service_tells(port: str) -> None:
    def processes() -> list[dict[str, Any]]:
        with suppress(requests.RequestException):
            answer = requests.get(f"http://127.0.0.1:{port}/health", timeout=10).json()
            return list(answer["processes"])
        return []

    told = {each["name"]: each for each in wait_for(processes, 60, "the service again")}
    assert set(told) == PROCESSES
    for name, each in told.items():
        ended = (1, "killed by signal 9") if name in KILLED else (0, None)
        assert (each["restarts"], each["last_end"]) == ended


def test_a_taken_port_is_one_sentence(
    runtime_with_champion: Path, tmp_path: Path, ports: dict[str, str]
) -> None:
    log = tmp_path / "up.log"
    settings = ports | {"HOUSING_RUNTIME_DIRECTORY": str(runtime_with_champion)}
    taken = int(ports["HOUSING_MLFLOW_PORT"])
    with (
        socket.create_server(("127.0.0.1", taken)),
        running("backend.launcher", log, **settings) as launcher,
    ):
        assert launcher.wait(30) == 1
    lines = log.read_text().splitlines()
    assert len(lines) == 1
    assert f"127.0.0.1:{taken} is not available (Address already in use)" in lines[0]
    assert "HOUSING_MLFLOW_PORT" in lines[0]


def test_its_processes_take_paths_and_env_file_as_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for program in programs(dict.fromkeys(KEY_VARIABLES, "key")):
        assert program.folder == tmp_path
        assert program.environment["PYTHONPATH"].split(os.pathsep)[0] == str(REPOSITORY)


def test_a_wrong_setting_is_one_sentence(tmp_path: Path) -> None:
    log = tmp_path / "up.log"
    with running("backend.launcher", log, HOUSING_BACKEND_PORT="many") as launcher:
        assert launcher.wait(30) == 1
    assert log.read_text().startswith("The setting HOUSING_BACKEND_PORT is wrong")
    assert len(log.read_text().splitlines()) == 1


def _processes_of(runtime: Path) -> list[str]:
    """Return the command lines of processes that were told this runtime folder."""
    mark = f"HOUSING_RUNTIME_DIRECTORY={runtime}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = mark in (folder / "environ").read_bytes().split(b"\0")
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            continue
        if told and state != "Z" and int(folder.name) != os.getpid():
            found.append((folder / "cmdline").read_text().replace("\0", " "))
    return found


def _assert_no_key_is_shown(keys: Path, log: Path) -> None:
    values = [line.partition("=")[2] for line in keys.read_text().splitlines()]
    assert len(values) == 3
    assert all(len(value) >= 32 for value in values)
    assert not any(value in log.read_text() for value in values)
