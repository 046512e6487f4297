"""One training, from a table to a published version."""

import json
from pathlib import Path

import numpy as np
import pytest

from storage.domain.inputs import FEATURE_NAMES
from storage.models.store import ModelStore
from storage.schema.table_profile import TableProfile
from storage.settings import Settings
from tests.settings import changed
from tests.tracking_store import settings_with_store
from tests.training.conftest import SilentSteps, named_candidates
from training.dataset.kept import table_of
from training.dataset.splits import split, split_rows
from training.dataset.table import HousingTable
from training.train import TrainedVersion, Training

COMPETITORS = ("linear_regression", "random_forest")


def train(settings: Settings, table: HousingTable) -> TrainedVersion:
    return Training(settings, table, named_candidates(*COMPETITORS), SilentSteps()).run()


@pytest.fixture(scope="module")
def module_settings(
    tmp_path_factory: pytest.TempPathFactory, empty_tracking_store: Path
) -> Settings:
    return settings_with_store(
        tmp_path_factory.mktemp("training") / "runtime", empty_tracking_store
    )


@pytest.fixture(scope="module")
def trained(module_settings: Settings, small_table: HousingTable) -> TrainedVersion:
    return train(module_settings, small_table)


def test_the_lowest_validation_error_wins(trained: TrainedVersion) -> None:
    errors = {each.fitted.name: each.fitted.validation.rmse for each in trained.outcome.candidates}
    assert set(errors) == set(COMPETITORS)
    assert trained.manifest.model_name == min(errors, key=lambda name: errors[name])


def test_the_version_names_the_models_bytes(trained: TrainedVersion) -> None:
    time, _, checksum = trained.manifest.version.partition("-")
    assert time == trained.manifest.created_at.strftime("%Y%m%dT%H%M%SZ")
    assert checksum == trained.manifest.checksums["model.pkl"][:8]


def test_the_stored_model_answers_like_the_fitted_one(
    trained: TrainedVersion, module_settings: Settings, small_table: HousingTable
) -> None:
    store, version = ModelStore(module_settings.paths), trained.manifest.version
    store.verify(version)
    inputs = small_table.inputs
    expected = trained.outcome.winner.fitted.pipeline.predict(inputs)
    assert np.array_equal(store.load(version).predict(inputs), expected)
    scaled = store.load(version, "scaler.pkl").transform(inputs)
    assert scaled.shape == inputs.shape


def test_every_other_model_lies_beside_the_winner(
    trained: TrainedVersion, module_settings: Settings, small_table: HousingTable
) -> None:
    (loser,) = set(COMPETITORS) - {trained.manifest.model_name}
    stored = ModelStore(module_settings.paths).load(
        trained.manifest.version, f"candidates/{loser}.pkl"
    )
    assert stored.predict(small_table.inputs).shape == (len(small_table),)


def test_training_inputs_are_kept_exactly(
    trained: TrainedVersion, module_settings: Settings, small_table: HousingTable
) -> None:
    content = ModelStore(module_settings.paths).read(trained.manifest.version, "X_train.csv")
    header, *rows = content.decode().splitlines()
    assert header == ",".join(FEATURE_NAMES)
    assert np.array_equal(np.loadtxt(rows, delimiter=","), split(small_table, 0).learnable.inputs)


def test_the_manifest_names_the_table_and_a_copy_of_it_is_kept(
    trained: TrainedVersion, module_settings: Settings, small_table: HousingTable
) -> None:
    assert trained.manifest.table == small_table.learned
    assert trained.manifest.dataset_sha256 == small_table.sha256
    again = table_of(module_settings.paths, trained.manifest)
    assert np.array_equal(again.values, small_table.values)


def test_the_metrics_file_says_what_was_measured(
    trained: TrainedVersion, module_settings: Settings
) -> None:
    content = ModelStore(module_settings.paths).read(trained.manifest.version, "metrics.json")
    metrics = json.loads(content)
    assert metrics["version"] == trained.manifest.version
    assert metrics["model_name"] == trained.manifest.model_name
    assert metrics["validation"]["rmse"] == trained.manifest.metrics["validation_rmse"]
    assert metrics["test"]["r2_score"] == trained.manifest.metrics["test_r2_score"]
    assert metrics["rows"] == {"train": 384, "validation": 96, "test": 120}
    assert metrics["units"]["rmse"] == "100,000 USD"
    assert [each["model_name"] for each in metrics["candidates"]] == list(COMPETITORS)


def test_the_version_learned_from_training_and_validation_rows_and_its_figures_are_of_that_fit(
    trained: TrainedVersion, module_settings: Settings
) -> None:
    store, version = ModelStore(module_settings.paths), trained.manifest.version
    assert store.read(version, "X_train.csv").count(b"\n") == 1 + 384 + 96
    served = trained.outcome.winner.fitted.pipeline.predict(trained.outcome.answers.inputs)
    assert np.array_equal(served, trained.outcome.answers.predicted)
    assert "fitted again" in store.read(version, "model_card.md").decode()
    profile = TableProfile.model_validate_json(store.read(version, "table_profile.json"))
    assert profile.split.learned_again


def test_nothing_but_the_final_figures_depends_on_the_test_part(
    trained: TrainedVersion, small_table: HousingTable, settings: Settings
) -> None:
    values = small_table.values.copy()
    test_rows, _, _ = split_rows(len(values), seed=0)
    values[test_rows, -1] = values[test_rows[::-1], -1]
    other = train(settings, HousingTable(values, "test targets shuffled"))
    assert other.manifest.checksums["model.pkl"] == trained.manifest.checksums["model.pkl"]
    for one, two in zip(trained.outcome.candidates, other.outcome.candidates, strict=True):
        assert one.fitted.validation == two.fitted.validation
        assert one.test != two.test


def test_a_training_makes_no_champion_by_itself(
    trained: TrainedVersion, module_settings: Settings
) -> None:
    assert ModelStore(module_settings.paths).champion_pointer() is None


def test_steps_are_told_in_order(settings_with_mlflow: Settings, small_table: HousingTable) -> None:
    display = SilentSteps()
    Training(
        settings_with_mlflow, small_table, named_candidates("linear_regression"), display
    ).run()
    assert [number for _, number, _ in display.steps] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {total for _, _, total in display.steps} == {8}
    assert display.steps[0][0] == "Fitting linear regression"


def test_of_very_many_rows_the_first_fit_serves(
    settings: Settings, small_table: HousingTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.fitting.fit.MOST_ROWS_AGAIN", len(small_table) // 2)
    display = SilentSteps()
    trained = Training(settings, small_table, named_candidates("linear_regression"), display).run()
    assert {total for _, _, total in display.steps} == {7}
    assert not trained.outcome.learned_again
    assert len(trained.outcome.training) == 384


def test_without_mlflow_the_model_is_published_all_the_same(
    tmp_path: Path,
    small_table: HousingTable,
    free_port: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    settings = changed(
        Settings(runtime_directory=tmp_path), mlflow_tracking_uri=f"http://127.0.0.1:{free_port}"
    )
    trained = train(settings, small_table)
    assert trained.manifest.mlflow_run_id is None
    assert ModelStore(settings.paths).manifest(trained.manifest.version) == trained.manifest
    assert "MLflow is not available" in caplog.text
