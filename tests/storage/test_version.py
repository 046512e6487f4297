"""One version: of the project's file, of the changelog, and of whatever tells it."""

import re
import subprocess
import sys
import tomllib

import pytest
from flask.testing import FlaskClient
from streamlit.testing.v1 import AppTest

from storage.version import VERSION
from tests.system import REPOSITORY

COMMANDS = (
    "storage.audit",
    "training",
    "backend.score",
    "backend.simulate",
    "backend.demo_api",
    "backend.monitor",
)


def test_the_project_has_the_version() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_the_changelog_begins_with_the_version() -> None:
    changelog = (REPOSITORY / "CHANGELOG.md").read_text()
    versions = re.findall(r"^## \[(\d[^]]*)\]", changelog, re.MULTILINE)
    assert versions[0] == VERSION


def test_the_service_tells_it(http: FlaskClient) -> None:
    for path, value in (
        ("/", ("version",)),
        ("/info", ("service_version",)),
        ("/openapi.json", ("info", "version")),
    ):
        told = http.get(path).json
        for name in value:
            assert told is not None
            told = told[name]
        assert told == VERSION, path


def test_the_console_shows_it() -> None:
    console = AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=60).run()
    assert f"Version {VERSION}" in [caption.value for caption in console.sidebar.caption]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_tells_it(command: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", command, "--version"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.stdout == f"python -m {command} {VERSION}\n", result.stderr
