"""``python -m dashboard`` as a person starts it: from any folder, with that folder's .env."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import requests

from storage.domain.definition_file import EMBEDDED, FILE
from tests.system import REPOSITORY, clean_environment, stop_group, wait_for

OPEN = "0.0.0.0"  # noqa: S104 - as the dashboard would be


def test_it_starts_from_any_folder_with_the_settings_of_that_folder(
    tmp_path: Path, free_port: int
) -> None:
    (tmp_path / ".env").write_text(f"HOUSING_DASHBOARD_PORT={free_port}\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard"],
        cwd=tmp_path,
        env=clean_environment(PYTHONPATH=str(REPOSITORY)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(lambda: _answers(free_port), what="an answer of the console")
        for path in ("/", "/_stcore/health", "/static/nothing"):
            _assert_in_no_frame(requests.get(f"http://127.0.0.1:{free_port}{path}", timeout=5))
    finally:
        stop_group(process)


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "-m", "dashboard"],
            cwd=REPOSITORY,
            env=clean_environment(HOUSING_DASHBOARD_PORT=str(port)),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert result.returncode == 1
    assert result.stderr.strip() == (
        f"127.0.0.1:{port} is not available (Address already in use); "
        "stop the program that uses it, or set HOUSING_DASHBOARD_PORT or HOUSING_DASHBOARD_HOST."
    )


def test_off_the_loopback_address_somebody_must_sign_people_in(free_port: int) -> None:
    refusal = _refusal(free_port, host=OPEN)
    assert refusal.startswith(
        "HOUSING_DASHBOARD_HOST=0.0.0.0 lets others connect, and the dashboard"
    )
    with socket.create_server((OPEN, 0)) as taken:
        port = taken.getsockname()[1]
        # With the setting it goes on, to a port that is taken here.
        assert _refusal(port, host=OPEN, signed_in="true").startswith(
            f"0.0.0.0:{port} is not available"
        )


def test_without_the_tables_definition_it_ends_with_one_sentence(
    tmp_path: Path, free_port: int
) -> None:
    for room in ("storage", "backend", "dashboard"):
        shutil.copytree(REPOSITORY / room, tmp_path / room)
    definition = tmp_path / EMBEDDED.relative_to(REPOSITORY) / FILE
    definition.unlink()
    assert _refusal(free_port, folder=tmp_path).startswith(f"{definition} cannot be read")


def _refusal(
    port: int, host: str = "127.0.0.1", signed_in: str = "false", folder: Path = REPOSITORY
) -> str:
    result = subprocess.run(
        [sys.executable, "-m", "dashboard"],
        cwd=folder,
        env=clean_environment(
            HOUSING_DASHBOARD_HOST=host,
            HOUSING_DASHBOARD_PORT=str(port),
            HOUSING_DASHBOARD_SIGNED_IN_BY_PROXY=signed_in,
        ),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 1
    (sentence,) = result.stderr.splitlines()
    return sentence


def _assert_in_no_frame(answer: requests.Response) -> None:
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in answer.headers


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).ok
    except requests.ConnectionError:
        return False
