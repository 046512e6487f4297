"""Small tables and candidates, so that each test fits in a second."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from storage.settings import Settings
from training.candidates import Candidate, all_candidates, select
from training.dataset.embedded import load_embedded
from training.dataset.table import HousingTable
from training.tracking_store import create_store

SMALL_ROWS = 600


@pytest.fixture(scope="session")
def embedded() -> HousingTable:
    return load_embedded()


@pytest.fixture(scope="session")
def small_table(embedded: HousingTable) -> HousingTable:
    """Six hundred real rows from all over the state."""
    rows = np.random.RandomState(1).permutation(len(embedded))[:SMALL_ROWS]
    return HousingTable(embedded.values[rows], "small table")


@pytest.fixture(scope="session")
def empty_tracking_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's SQLite store with its tables and nothing in them, made once: it takes seconds."""
    settings = Settings(runtime_directory=tmp_path_factory.mktemp("store"))
    create_store(settings)
    return settings.paths.mlflow_store


@pytest.fixture
def settings(tmp_path: Path, empty_tracking_store: Path) -> Settings:
    """Settings over a runtime folder with nothing but an empty MLflow store."""
    return settings_with_store(tmp_path / "runtime", empty_tracking_store)


def settings_with_store(runtime: Path, store: Path) -> Settings:
    settings = Settings(runtime_directory=runtime)
    settings.paths.mlflow_store.parent.mkdir(parents=True)
    shutil.copy(store, settings.paths.mlflow_store)
    return settings


def named_candidates(*names: str) -> tuple[Candidate, ...]:
    return select(all_candidates(seed=0, threads=1), names)


class SilentSteps:
    """Remembers the steps instead of showing them."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int, int]] = []

    def begin(self, step: str, number: int, total: int) -> None:
        self.steps.append((step, number, total))
