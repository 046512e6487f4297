"""MLflow's store without a run in it, made once for all pytest processes: its tables take seconds."""

import shutil
from pathlib import Path

import pytest

from storage.paths import RuntimePaths
from storage.process.lock import exclusive
from storage.settings import Settings
from tests.trained_runtime import shared_folder
from training.tracking.store import create_store


def empty_store(factory: pytest.TempPathFactory) -> Path:
    """Return the path of a SQLite store with its tables; to be copied, not written to."""
    folder = shared_folder(factory) / "empty_store"
    settings = Settings(runtime_directory=folder)
    with exclusive(folder / "lock"):
        if not (folder / "is_whole").exists():
            create_store(settings)
            (folder / "is_whole").touch()
    return settings.paths.mlflow_store


def settings_with_store(runtime: Path, store: Path) -> Settings:
    """Return settings over a runtime folder with nothing but a copy of the store."""
    settings = Settings(runtime_directory=runtime)
    copy_store(store, settings.paths)
    return settings


def copy_store(store: Path, paths: RuntimePaths) -> None:
    """Give a runtime folder a copy of the store."""
    paths.mlflow_store.parent.mkdir(parents=True)
    shutil.copy(store, paths.mlflow_store)
