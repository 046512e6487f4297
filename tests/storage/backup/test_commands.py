"""Backup and restore as a person runs them, by ``python -m``."""

from contextlib import closing
from pathlib import Path

from storage.database.connection import Database
from storage.paths import RuntimePaths
from storage.settings import Settings
from tests.system import said_by


def test_a_backup_is_restored_into_a_folder_that_does_not_exist(
    settings: Settings, tmp_path: Path
) -> None:
    """As on a new machine: what the command itself writes at its start is not in the way."""
    with closing(Database(settings.database_address, writable=True)) as database:
        database.migrate()
    root, backup = tmp_path / "new" / "runtime", tmp_path / "backup"
    runtime = settings.paths.root
    said_by("-m", "storage.backup", backup, HOUSING_RUNTIME_DIRECTORY=str(runtime))
    said = said_by("-m", "storage.restore", backup, HOUSING_RUNTIME_DIRECTORY=str(root))
    assert said.startswith(f"{root} is as it was on ")
    assert RuntimePaths(root).database.exists()
    assert [each.name for each in root.parent.iterdir()] == ["runtime"]
