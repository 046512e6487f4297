"""Here, every training is recorded."""

from pathlib import Path

import pytest

from storage.schema.manifest import ModelManifest
from storage.settings import Settings
from tests.training.tracking.registered import Registered, RegisteredOnce
from training.dataset.table import HousingTable


@pytest.fixture
def settings(settings_with_mlflow: Settings) -> Settings:
    return settings_with_mlflow


@pytest.fixture(scope="session")
def _registered_once(
    tmp_path_factory: pytest.TempPathFactory, small_table: HousingTable
) -> RegisteredOnce:
    return RegisteredOnce.made(tmp_path_factory, small_table)


@pytest.fixture
def with_first(
    _registered_once: RegisteredOnce, tmp_path: Path
) -> tuple[Registered, ModelManifest]:
    """A store of this test's own with one registered version, and that version."""
    return _registered_once.copied(tmp_path / "runtime")


@pytest.fixture
def registered(with_first: tuple[Registered, ModelManifest]) -> Registered:
    """The store."""
    return with_first[0]


@pytest.fixture
def first(with_first: tuple[Registered, ModelManifest]) -> ModelManifest:
    """The registered version."""
    return with_first[1]
