"""The import rule: who may import whom, and what stays unloaded."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import REPOSITORY

ROOMS = ("storage", "training", "backend", "dashboard")
SETTINGS = ("storage.settings", "storage.setting_groups")
"""Every process reads the same environment: an address has one definition, the dashboard's too."""
MAY_IMPORT = {
    "storage": ("storage",),
    "training": ("training", "storage"),
    "backend": ("backend", "training", "storage"),
    # storage.tables, .scored_files: an uploaded file is read as the command line reads it, and kept.
    "dashboard": (
        "dashboard",
        "backend.client",
        "backend.contract",
        "storage.ctrl_c",
        "storage.scored_files",
        "storage.tables",
        *SETTINGS,
    ),
}
HEAVY = ("flask", "sqlalchemy", "sklearn", "mlflow")
LONGEST_FILE = 320
PUBLISHED = REPOSITORY / "backend" / "housing_client"
"""Programs elsewhere import it under its own name, and nothing of ours with it."""
PACKAGES_WITH_CODE = (REPOSITORY / "training" / "__init__.py", PUBLISHED / "__init__.py")
"""One sets OpenMP's environment before anything in it imports scikit-learn, one has its names for others."""


def _files(room: str) -> list[Path]:
    return sorted((REPOSITORY / room).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            within = node.level == 1 and path.parent == PUBLISHED
            assert within or node.level == 0, f"{path}: relative imports hide the room"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    allowed = tuple(f"{name}." for name in MAY_IMPORT[room])
    for path in _files(room):
        for name in _imports(path):
            if name.partition(".")[0] in (*ROOMS, "tests"):
                assert f"{name}.".startswith(allowed), f"{path} may not import {name}"


def test_the_published_client_imports_nothing_of_ours() -> None:
    for path in PUBLISHED.glob("*.py"):
        ours = [name for name in _imports(path) if name.partition(".")[0] in ROOMS]
        assert not ours, f"{path} would need the service to be installed"


@pytest.mark.parametrize(
    "module", ["backend.client", "dashboard.predict.page", "storage.tables.table"]
)
def test_what_an_operators_browser_needs_loads_no_server(module: str) -> None:
    program = (
        f"import sys, importlib; importlib.import_module({module!r}); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("room", [*ROOMS, "tests"])
def test_a_file_holds_one_noun(room: str) -> None:
    for path in _files(room):
        assert path.name not in ("utils.py", "helpers.py", "misc.py", "common.py"), path
        lines = len(path.read_text().splitlines())
        assert lines <= LONGEST_FILE, f"{path} has {lines} lines: perhaps two rooms in one"


@pytest.mark.parametrize("room", [*ROOMS, "tests"])
def test_package_files_are_empty(room: str) -> None:
    for path in (REPOSITORY / room).rglob("__init__.py"):
        assert path in PACKAGES_WITH_CODE or not path.read_text().strip(), path
