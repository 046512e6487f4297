"""One version: of the project's file, of the changelog, and of whatever tells it."""

import re
import tomllib
from importlib import import_module

import pytest
from flask.testing import FlaskClient
from streamlit.testing.v1 import AppTest

from storage.version import VERSION
from tests.documentation.commands_page import WITH_OPTIONS
from tests.system import REPOSITORY


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
    shown = [element.value for element in console.sidebar.markdown]
    assert any(f"Version {VERSION}" in text for text in shown)


@pytest.mark.parametrize("command", WITH_OPTIONS)
def test_a_command_tells_it(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        import_module(f"{command}.__main__").main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"python -m {command} {VERSION}\n"
