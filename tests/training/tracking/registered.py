"""A model that is trained and registered in a real MLflow store."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from storage.domain.subject import MODEL_NAME
from storage.models.store import ModelStore
from storage.process.lock import exclusive
from storage.schema.manifest import ModelManifest
from storage.settings import Settings
from tests.small_worker import with_few_trees
from tests.tracking_store import empty_store, settings_with_store
from tests.trained_runtime import shared_folder
from tests.training.conftest import SilentSteps, named_candidates
from training.dataset.table import HousingTable
from training.models.candidates import Candidate
from training.tracking.registry import (
    VERSION_TAG,
    follow_champion,
)
from training.tracking.store import create_store
from training.train import Training


@dataclass(frozen=True)
class Registered:
    settings: Settings
    table: HousingTable

    @property
    def store(self) -> ModelStore:
        return ModelStore(self.settings.paths)

    @property
    def client(self) -> MlflowClient:
        return MlflowClient(self.settings.tracking_uri, self.settings.tracking_uri)

    def train(self, name: str = "linear_regression") -> ModelManifest:
        (candidate,) = named_candidates(name)
        return self.train_candidate(candidate)

    def train_few_trees(self) -> ModelManifest:
        (candidate,) = named_candidates("hist_gradient_boosting")
        return self.train_candidate(with_few_trees(candidate, {"regressor__max_iter": 20}))

    def train_candidate(self, candidate: Candidate) -> ModelManifest:
        return Training(self.settings, self.table, (candidate,), SilentSteps()).run().manifest

    def promote(self, manifest: ModelManifest) -> None:
        self.store.set_champion(manifest.version)
        follow_champion(self.settings, manifest)

    def aliases(self) -> dict[str, str]:
        """Return our version id by alias."""
        found = self.client.get_registered_model(MODEL_NAME).aliases
        return {alias: self.version(alias).tags[VERSION_TAG] for alias in found}

    def version(self, alias: str) -> ModelVersion:
        return self.client.get_model_version_by_alias(MODEL_NAME, alias)

    def environment(self) -> dict[str, str]:
        """Return what a process needs that is told where the store is, and not where our code is."""
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {
            "MLFLOW_TRACKING_URI": self.settings.tracking_uri,
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "PATH": programs,
        }


@dataclass(frozen=True)
class RegisteredOnce:
    """A registered straight line over a small table, made once for all pytest processes; to be copied."""

    runtime: Path
    table: HousingTable

    @classmethod
    def made(cls, factory: pytest.TempPathFactory, table: HousingTable) -> "RegisteredOnce":
        """Return it; whoever comes first trains it."""
        folder = shared_folder(factory) / "registered_once"
        made = cls(folder / "runtime", table)
        with exclusive(folder / "lock"):
            if not (folder / "is_whole").exists():
                shutil.rmtree(made.runtime, ignore_errors=True)
                settings = settings_with_store(made.runtime, empty_store(factory))
                Registered(settings, table).train()
                (folder / "is_whole").touch()
        return made

    def copied(self, runtime: Path) -> tuple[Registered, ModelManifest]:
        """Return a copy in a runtime folder without versions and runs, and its version."""
        settings = Settings(runtime_directory=runtime)
        shutil.copytree(self.runtime, runtime, dirs_exist_ok=True)
        copy = Registered(settings, self.table)
        create_store(settings)  # its addresses begin with this folder from here on
        (manifest,) = copy.store.versions()
        return copy, manifest
