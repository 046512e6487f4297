"""``make``'s first half: a machine that cannot run the project is told why in one sentence."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.system import REPOSITORY, clean_environment

OLD_PYTHON = """
import runpy, sys
sys.version_info = (3, 9, 18)
sys.argv = ["environment.py", "runtime"]
runpy.run_path("environment.py", run_name="__main__")
"""


def test_a_python_too_old_is_one_sentence() -> None:
    said = _run([sys.executable, "-c", OLD_PYTHON], REPOSITORY, clean_environment())
    assert said.startswith("Python 3.9 is too old: install Python 3.11")


def test_the_script_can_be_read_by_an_old_python() -> None:

    ast.parse((REPOSITORY / "environment.py").read_text(), feature_version=(3, 4))


def test_an_index_that_cannot_be_reached_is_one_sentence(tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "environment.py", tmp_path)
    shutil.copy(REPOSITORY / "requirements.txt", tmp_path)
    shutil.copytree(REPOSITORY / "requirements", tmp_path / "requirements")
    environment = {
        name: value for name, value in clean_environment().items() if not name.startswith("PIP_")
    } | {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "1",
    }
    said = _run([sys.executable, "environment.py", "runtime"], tmp_path, environment)
    assert "The packages could not be downloaded: check the network and pip's index setting" in said
    assert "Traceback" not in said


def test_a_missing_browser_names_the_command_that_installs_it(tmp_path: Path) -> None:
    environment = clean_environment() | {"PATH": str(tmp_path)}
    said = _run([sys.executable, "environment.py", "browser"], REPOSITORY, environment)
    assert "apt-get install chromium" in said


def test_a_browser_without_windows_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = _module()
    (tmp_path / "apt-get").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(environment.os, "geteuid", lambda: 0)
    installed = tmp_path / environment.HEADLESS
    monkeypatch.setattr(environment, "run_with_clock", lambda *_: installed.touch(mode=0o755))
    environment.install_browser("browser")
    assert installed.exists()


@pytest.mark.parametrize(
    ("held", "task", "installs"),
    [
        ([], "runtime", True),
        (["runtime"], "runtime", False),
        (["runtime"], "docs", True),
        (["docs"], "runtime", True),
        (["runtime", "docs"], "runtime", False),
        (["development"], "docs", False),
        (["runtime"], "development", True),
    ],
)
def test_only_what_is_missing_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: list[str], task: str, installs: bool
) -> None:
    environment = _module()
    commands: list[list[str]] = []
    monkeypatch.setattr(environment, "STAMP", str(tmp_path / "stamp"))
    monkeypatch.setattr(environment, "VENV_PYTHON", sys.executable)
    monkeypatch.setattr(environment, "run_with_clock", lambda one, _: commands.append(one))
    for earlier in held:
        environment.install(earlier)
    commands.clear()
    environment.install(task)
    assert bool(commands) is installs
    assert set(held) <= set(environment.installed())


def _module() -> Any:
    path = REPOSITORY / "environment.py"
    spec = importlib.util.spec_from_file_location("environment", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """Run a command that has to fail, and return its last words."""
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 1
    return result.stderr.strip()
