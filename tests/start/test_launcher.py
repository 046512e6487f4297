"""``make up``'s second half: everything starts, answers, and is gone after Ctrl-C."""

import os
import signal
import socket
import stat
import time
from pathlib import Path

import pytest

from tests.system import running, wait_for

pytestmark = pytest.mark.xdist_group("system")

STOP_SECONDS = 10


@pytest.fixture
def ports() -> dict[str, str]:
    """Three free ports, by setting."""
    names = ("HOUSING_BACKEND_PORT", "HOUSING_DASHBOARD_PORT", "HOUSING_MLFLOW_PORT")
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in names]
    chosen = {name: str(probe.getsockname()[1]) for name, probe in zip(names, probes, strict=True)}
    for probe in probes:
        probe.close()
    return chosen


def test_everything_answers_and_ctrl_c_leaves_nothing(
    runtime_with_champion: Path, tmp_path: Path, ports: dict[str, str]
) -> None:
    log = tmp_path / "up.log"
    settings = ports | {"HOUSING_RUNTIME_DIRECTORY": str(runtime_with_champion)}
    with running("backend.launcher", log, **settings) as launcher:
        wait_for(lambda: "Ready. Press Ctrl-C to stop." in log.read_text(), 90, "all addresses")
        for port in ports.values():
            assert f"http://127.0.0.1:{port}" in log.read_text()
        keys = runtime_with_champion / "keys.env"
        assert stat.S_IMODE(keys.stat().st_mode) == 0o600
        started = time.monotonic()
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(STOP_SECONDS) == 0
        assert time.monotonic() - started < STOP_SECONDS
        assert _processes_of(runtime_with_champion) == []
    _assert_no_key_is_shown(keys, log)


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
    assert f"Port {taken} for MLflow is in use" in lines[0]


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
