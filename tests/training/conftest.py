"""Small tables and candidates, so that each test fits in a second."""

import fcntl
import pickle
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pytest

from storage.schema.arrays import FloatArray
from storage.settings import Settings
from tests.settings import changed
from tests.small_worker import with_few_trees
from tests.tracking_store import empty_store, settings_with_store
from tests.trained_runtime import shared_folder
from training.dataset.embedded import load_embedded
from training.dataset.splits import Part, split
from training.dataset.table import HousingTable
from training.fitting.fit import fit, fit_intervals
from training.fitting.progress import StepDisplay
from training.models.candidates import Candidate, all_candidates, select
from training.models.intervals import PriceIntervals
from training.models.price_pipeline import PricePipeline
from training.promotion import loaded_version

SMALL_ROWS = 600
CHAMPION_ROWS = 4000


@pytest.fixture(autouse=True)
def _short_measurement_of_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forests of these tests answer through scikit-learn, so the gate would time each for two seconds."""
    monkeypatch.setattr(loaded_version, "TIMED_SECONDS", 0.1)


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
    """MLflow's SQLite store with its tables and nothing in them."""
    return empty_store(tmp_path_factory)


@pytest.fixture
def settings(tmp_path: Path, free_port: int) -> Settings:
    """Settings over an empty runtime folder. MLflow is away: its part of a short training is the largest."""
    away = f"http://127.0.0.1:{free_port}"
    return changed(Settings(runtime_directory=tmp_path / "runtime"), mlflow_tracking_uri=away)


@pytest.fixture
def settings_with_mlflow(tmp_path: Path, empty_tracking_store: Path) -> Settings:
    """Settings over a runtime folder with nothing but an empty MLflow store."""
    return settings_with_store(tmp_path / "recorded", empty_tracking_store)


def named_candidates(*names: str) -> tuple[Candidate, ...]:
    return select(all_candidates(seed=0, threads=1), names)


class SilentSteps(StepDisplay):
    """Remembers the steps instead of showing them."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int, int]] = []

    def begin(self, step: str, number: int, total: int) -> None:
        self.steps.append((step, number, total))


@dataclass(frozen=True)
class FittedChampion:
    """Neighbour boosting and its intervals, fitted on a part of the real table."""

    pipeline: PricePipeline
    intervals: PriceIntervals
    train: Part
    validation: Part

    def answer(self, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return prices, lower and upper bounds, as the service computes them."""
        features = self.pipeline.features(inputs)
        prices = self.pipeline.prices(features)
        return prices, *self.intervals.bounds(features, inputs, prices)


@pytest.fixture(scope="session")
def champion(tmp_path_factory: pytest.TempPathFactory, embedded: HousingTable) -> FittedChampion:
    """Fitted once for all pytest processes, on four thousand rows from all over the state."""
    shared = shared_folder(tmp_path_factory)
    stored = shared / "champion.pkl"
    with (shared / "champion.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stored.exists():
            stored.write_bytes(pickle.dumps(_fit_champion(embedded)))
    fitted: FittedChampion = joblib.load(stored)
    return fitted


def _fit_champion(embedded: HousingTable) -> FittedChampion:
    rows = np.random.RandomState(2).permutation(len(embedded))[:CHAMPION_ROWS]
    splits = split(HousingTable(embedded.values[rows], "part of the table"), seed=0)
    (candidate,) = named_candidates("neighbour_boosting")
    fitted = fit(with_few_trees(candidate), splits.train, splits.validation, threads=1)
    intervals = fit_intervals(fitted, splits, seed=0)
    return FittedChampion(fitted.pipeline, intervals, splits.train, splits.validation)


def fit_candidate(train: Part, validation: Part) -> PricePipeline:
    """Return neighbour boosting as the champion was fitted, on other rows."""
    (candidate,) = named_candidates("neighbour_boosting")
    return fit(with_few_trees(candidate), train, validation, threads=1).pipeline
