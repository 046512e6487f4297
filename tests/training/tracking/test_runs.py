"""Runs in a real MLflow store."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import mlflow
import numpy as np
import pandas as pd  # type: ignore[import-untyped] # ships no types
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from storage.domain.inputs import FEATURE_NAMES
from storage.domain.subject import MODEL_NAME
from storage.models.store import MODEL_CARD
from storage.settings import Settings
from tests.tracking_store import settings_with_store
from tests.training.conftest import SilentSteps, named_candidates
from training.dataset.production_rows import checksum
from training.dataset.splits import split
from training.dataset.table import HousingTable
from training.publishing.model_card import model_card
from training.tracking.runs import RunTracker
from training.train import TrainedVersion, Training


@dataclass(frozen=True)
class Recorded:
    settings: Settings
    trained: TrainedVersion
    client: MlflowClient

    def run(self) -> Run:
        return self.client.get_run(str(self.trained.manifest.mlflow_run_id))

    def parent(self) -> Run:
        return self.client.get_run(self.run().data.tags["mlflow.parentRunId"])

    def children(self) -> list[Run]:
        parent = self.parent().info
        return list(
            self.client.search_runs(
                [parent.experiment_id], f"tags.`mlflow.parentRunId` = '{parent.run_id}'"
            )
        )


@pytest.fixture(scope="module")
def recorded(
    tmp_path_factory: pytest.TempPathFactory,
    small_table: HousingTable,
    empty_tracking_store: Path,
) -> Recorded:
    # A path in which every character that means something in a URL means only itself.
    runtime = tmp_path_factory.mktemp("tracking") / "100%2F a?b#c ü"
    settings = settings_with_store(runtime, empty_tracking_store)
    candidates = named_candidates("linear_regression", "hist_gradient_boosting")
    trained = Training(settings, small_table, candidates, SilentSteps()).run()
    return Recorded(settings, trained, MlflowClient(settings.tracking_uri))


def test_each_candidate_is_a_finished_run(recorded: Recorded) -> None:
    runs = recorded.children()
    assert {run.info.run_name for run in runs} == {"linear_regression", "hist_gradient_boosting"}
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert {run.data.tags["model_version"] for run in runs} == {recorded.trained.manifest.version}
    assert sum(run.data.tags["chosen"] == "true" for run in runs) == 1


def test_a_run_holds_parameters_metrics_and_the_data_it_saw(recorded: Recorded) -> None:
    data = recorded.run().data
    parameters = recorded.trained.manifest.parameters
    assert data.params == {name: str(value) for name, value in parameters.items()}
    assert data.metrics == pytest.approx(recorded.trained.manifest.metrics)
    assert data.tags["dataset_sha256"] == recorded.trained.manifest.dataset_sha256
    assert data.tags["rows_train"] == "384"
    assert data.tags["rows_repeated"] == "0"


def test_a_run_names_the_rows_that_it_learned_chose_and_was_measured_by(
    recorded: Recorded, small_table: HousingTable
) -> None:
    train = split(small_table, seed=0).train
    for run in (recorded.run(), recorded.parent()):
        assert run.inputs is not None
        used = {
            each.tags[0].value: json.loads(str(each.dataset.profile))
            for each in run.inputs.dataset_inputs
        }
        assert {part: profile["num_rows"] for part, profile in used.items()} == {
            "training": 384,
            "validation": 96,
            "test": 120,
        }
        assert used["training"]["sha256"] == checksum(train)
        assert run.data.tags["learned_again"] == "true"
        assert run.data.metrics["fit_seconds"] > 0


def test_one_run_stands_for_the_training_and_holds_no_model(recorded: Recorded) -> None:
    parent = recorded.parent()
    assert parent.info.run_name == f"training {recorded.trained.manifest.version}"
    assert parent.info.status == "FINISHED"
    assert parent.data.tags["dataset_sha256"] == recorded.trained.manifest.dataset_sha256
    assert parent.outputs is None or not parent.outputs.model_outputs
    assert parent.data.tags["training_sha256"] == recorded.trained.manifest.training_sha256
    assert parent.data.metrics == pytest.approx(recorded.trained.manifest.metrics)
    stored = {each.path for each in recorded.client.list_artifacts(parent.info.run_id)}
    assert {MODEL_CARD, "plots"} <= stored


def test_the_winners_run_holds_the_model_card(recorded: Recorded) -> None:
    for run in recorded.children():
        stored = {each.path for each in recorded.client.list_artifacts(run.info.run_id)}
        assert (MODEL_CARD in stored) == (run.data.tags["chosen"] == "true")
    card = mlflow.artifacts.load_text(f"{recorded.run().info.artifact_uri}/{MODEL_CARD}")
    assert card == model_card(recorded.trained.outcome)


def test_a_run_holds_its_plots(recorded: Recorded, tmp_path: Path) -> None:
    folder = Path(
        recorded.client.download_artifacts(recorded.run().info.run_id, "plots", str(tmp_path))
    )
    images = {path.name: path.read_bytes()[:8] for path in folder.iterdir()}
    assert set(images) == {"predicted_against_actual.png", "residuals.png"}
    assert set(images.values()) == {b"\x89PNG\r\n\x1a\n"}


def test_the_recorded_model_answers_like_the_published_one(
    recorded: Recorded, small_table: HousingTable, tmp_path: Path
) -> None:
    mlflow.set_tracking_uri(recorded.settings.tracking_uri)
    # Copied, because MLflow takes the path of a model that it reads in place for a URL.
    address = f"runs:/{recorded.run().info.run_id}/model"
    model = mlflow.pyfunc.load_model(address, dst_path=str(tmp_path))
    expected = recorded.trained.outcome.winner.fitted.pipeline.predict(small_table.inputs)
    table = pd.DataFrame(small_table.inputs, columns=list(FEATURE_NAMES))
    assert np.array_equal(model.predict(table), expected)
    assert model.metadata.signature.inputs.input_names() == list(FEATURE_NAMES)
    assert model.metadata.metadata["feature_names"] == list(FEATURE_NAMES)
    assert list(model.input_example) == list(FEATURE_NAMES)
    assert np.array_equal(model.predict(table[list(FEATURE_NAMES)[::-1]]), expected)
    with pytest.raises(MlflowException, match=r"missing inputs \['MedInc'\]"):
        model.predict(table.rename(columns={"MedInc": "Income"}))
    with pytest.raises(MlflowException, match="missing inputs"):
        model.predict(small_table.inputs)


def test_everything_lies_below_the_runtime_folder(recorded: Recorded) -> None:
    location = url2pathname(urlsplit(recorded.run().info.artifact_uri).path)
    assert Path(location).is_relative_to(recorded.settings.paths.mlflow_artifacts)
    assert not Path("mlruns").exists()
    root = recorded.settings.paths.root
    assert list(root.parent.iterdir()) == [root]


def test_after_the_runtime_folder_moved_new_runs_go_to_the_new_place(
    settings: Settings, tmp_path: Path
) -> None:
    RunTracker(settings)
    moved = Settings(runtime_directory=tmp_path / "elsewhere")
    shutil.move(settings.paths.root, moved.paths.root)
    RunTracker(moved)
    client = MlflowClient(moved.tracking_uri)
    experiment = client.get_experiment_by_name(MODEL_NAME)
    assert experiment is not None
    assert experiment.artifact_location.startswith(moved.paths.root.as_uri())
    assert client.get_experiment_by_name(f"{MODEL_NAME}-1") is None  # it is the same experiment


def test_an_experiment_deleted_in_the_interface_comes_back(settings: Settings) -> None:
    RunTracker(settings)
    client = MlflowClient(settings.tracking_uri)
    found = client.get_experiment_by_name(MODEL_NAME)
    assert found is not None
    client.delete_experiment(found.experiment_id)
    RunTracker(settings)
    assert client.get_experiment(found.experiment_id).lifecycle_stage == "active"
