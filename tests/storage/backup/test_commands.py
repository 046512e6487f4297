"""Backup and restore as a person runs them, by ``python -m``."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from storage.database.connection import Database
from storage.paths import RuntimePaths
from storage.settings import Settings
from tests.system import REPOSITORY, clean_environment


def test_a_backup_is_restored_into_a_folder_that_does_not_exist(
    settings: Settings, tmp_path: Path
) -> None:
    """As on a new machine: what the command itself writes at its start is not in the way."""
    with closing(Database(settings.database_address, writable=True)) as database:
        database.migrate()
    root = tmp_path / "new" / "runtime"
    _run("storage.backup", tmp_path / "backup", settings.paths.root)
    said = _run("storage.restore", tmp_path / "backup", root)
    assert said.startswith(f"{root} is as it was on ")
    assert RuntimePaths(root).database.exists()
    assert [each.name for each in root.parent.iterdir()] == ["runtime"]


def _run(module: str, backup: Path, runtime: Path) -> str:
    result = subprocess.run(
        [sys.executable, "-m", module, str(backup)],
        cwd=REPOSITORY,
        env=clean_environment(HOUSING_RUNTIME_DIRECTORY=str(runtime)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
