"""An MLflow run for each training, with a child run for each candidate: figures, model, plots."""

import json
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped] # ships no types
from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    InputTag,
    LifecycleStage,
    Metric,
    RunStatus,
)
from mlflow.models import infer_signature
from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

from storage.domain.inputs import FEATURE_NAMES, values_of
from storage.domain.subject import MODEL_NAME
from storage.domain.target import TARGET_UNIT
from storage.models.store import MODEL_CARD
from storage.schema.arrays import FloatArray
from storage.schema.triggers import MlflowRun
from storage.settings import Settings
from training.dataset.splits import Part
from training.evaluation.plots import predicted_against_actual, residuals_against_predicted
from training.fitting.fit import MeasuredCandidate
from training.fitting.search import SEARCHED, Trial
from training.models.price_pipeline import price_pipeline
from training.tracking.context import TrainingContext
from training.tracking.model_code import MODEL_REQUIREMENTS, copied_code
from training.tracking.quiet_mlflow import load_model_formats, mlflow
from training.tracking.store import answering, connect, is_remote

EXAMPLE_ROWS = 5
LABELLED = "labelled_predictions.json"
ABANDONED = "abandoned"
PURPOSES = {"train": "training"}
"""MLflow's own words for what a part is for, where ours is another."""
LONGEST_DIGEST = 36
"""Of a dataset in MLflow's store; the profile has the whole checksum."""


@dataclass(frozen=True)
class RecordedRun:
    """A candidate's run, and MLflow's name of its model."""

    run_id: str
    model_id: str


class RunTracker:
    """Records runs in one experiment.

    Raises
    ------
    TrackingUnavailable
        By every method and when it is made, if the store or the server does not answer.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._whole = ""
        load_model_formats()
        with answering():
            self._experiment_id = self._open_experiment()

    @contextmanager
    def training(self, context: TrainingContext) -> Iterator[MlflowRun]:
        """Open the run of a whole training and yield it; runs recorded inside become its children.

        Runs left by an interrupted attempt at the same training are ended and tagged as abandoned.
        """
        name = f"training {context.version}"
        with answering():
            self._abandon_earlier(context)
            with mlflow.start_run(experiment_id=self._experiment_id, run_name=name) as run:
                self._whole = str(run.info.run_id)
                mlflow.set_tags(_shared_tags(context))
                _log_parts(self._whole, context)
                mlflow.log_params(dict(context.parameters))
                mlflow.log_text(context.model_card, MODEL_CARD)
                if context.labelled is not None:
                    mlflow.log_dict(dict(context.labelled), LABELLED)
                yield MlflowRun(experiment_id=self._experiment_id, run_id=self._whole)

    def record(
        self, measured: MeasuredCandidate, test: Part, context: TrainingContext
    ) -> RecordedRun:
        """Record one candidate in a run of its own."""
        with answering(), self._child(measured.fitted.name) as run:
            mlflow.set_tags(_tags(measured, context))
            _log_parts(run.info.run_id, context)
            mlflow.log_params(measured.fitted.parameters)
            mlflow.log_metrics(measured.metrics)
            is_winner = measured.fitted.name == context.winner
            _log_plots(measured, test, [run.info.run_id, *([self._whole] if is_winner else [])])
            if is_winner:
                mlflow.log_text(context.model_card, MODEL_CARD)
                MlflowClient().log_batch(self._whole, metrics=_as_logged(measured.metrics))
            return RecordedRun(str(run.info.run_id), _log_model(measured, test))

    def record_trial(self, trial: Trial, context: TrainingContext) -> None:
        """Record one configuration of the search, without its model, in a run of its own."""
        with answering(), self._child(f"{SEARCHED} trial {trial.number}"):
            mlflow.set_tags(_shared_tags(context) | {"model_name": SEARCHED, "trial": trial.number})
            mlflow.log_params(dict(trial.parameters))
            mlflow.log_metrics(trial.metrics)

    def _abandon_earlier(self, context: TrainingContext) -> None:
        client = MlflowClient()
        of_this = {"model_version": context.version, "trigger_id": context.trigger_id}
        for tag, value in of_this.items():
            if value is None:
                continue
            for run in client.search_runs([self._experiment_id], f"tags.{tag} = '{value}'"):
                client.set_tag(run.info.run_id, ABANDONED, "true")
                if run.info.status == RunStatus.to_string(RunStatus.RUNNING):
                    client.set_terminated(run.info.run_id, RunStatus.to_string(RunStatus.KILLED))

    def _child(self, name: str) -> mlflow.ActiveRun:
        return mlflow.start_run(experiment_id=self._experiment_id, run_name=name, nested=True)

    def _open_experiment(self) -> str:
        client = connect(self._settings)
        found = client.get_experiment_by_name(MODEL_NAME)
        if found is not None and found.lifecycle_stage == LifecycleStage.DELETED:
            client.restore_experiment(found.experiment_id)
        if found is not None and self._can_write_to(found):
            return str(found.experiment_id)
        if found is not None:
            client.rename_experiment(found.experiment_id, f"{MODEL_NAME}-{found.experiment_id}")
        return str(client.create_experiment(MODEL_NAME, self._artifact_location))

    @property
    def _artifact_location(self) -> str | None:
        """Folder of the artifacts; None: the server chooses it and transfers them."""
        if is_remote(self._settings):
            return None
        return (self._settings.paths.mlflow_artifacts / MODEL_NAME).as_uri()

    def _can_write_to(self, experiment: Experiment) -> bool:
        # An experiment's artifact location never changes. If the runtime folder moved, or after a switch
        # between store and server, that location is no longer ours, and a new experiment is created.
        if is_remote(self._settings):
            return not experiment.artifact_location.startswith(("file:", "/"))
        return bool(experiment.artifact_location == self._artifact_location)


def record_training(
    settings: Settings,
    context: TrainingContext,
    candidates: Sequence[MeasuredCandidate],
    trials: Sequence[Trial],
    test: Part,
    begin: Callable[[str], None] = lambda step: None,
    recorded: Callable[[MlflowRun], None] = lambda run: None,
) -> RecordedRun:
    """Record a whole training; return the winner's run. Each step and the parent run are reported.

    Raises
    ------
    TrackingUnavailable
        If the store or the server does not answer.
    """
    begin("Opening MLflow")
    tracker = RunTracker(settings)
    runs: dict[str, RecordedRun] = {}
    with tracker.training(context) as whole:
        recorded(whole)
        for measured in candidates:
            begin(f"Recording {measured.fitted.label.lower()}")
            runs[measured.fitted.name] = tracker.record(measured, test, context)
        for trial in trials:
            tracker.record_trial(trial, context)
    return runs[context.winner]


def _as_logged(metrics: Mapping[str, float]) -> list[Metric]:
    now = int(1_000 * time.time())
    return [Metric(name, value, now, step=0) for name, value in metrics.items()]


def _tags(measured: MeasuredCandidate, context: TrainingContext) -> dict[str, str]:
    return _shared_tags(context) | {
        "model_name": measured.fitted.name,
        "model_type": measured.fitted.model_type,
        "chosen": str(measured.fitted.name == context.winner).lower(),
    }


def _shared_tags(context: TrainingContext) -> dict[str, str]:
    return {
        "model_version": context.version,
        "seed": str(context.seed),
        "dataset": context.dataset_origin,
        "dataset_sha256": context.dataset_sha256,
        "training_sha256": context.training_sha256,
        "learned_again": str(context.learned_again).lower(),
        "rows_repeated": str(context.repeated),
        **context.split.tags(),
        "unit": f"rmse and mae in {TARGET_UNIT}, fit_seconds in s",
        **_trigger_tags(context),
    } | {f"rows_{part}": str(count) for part, count in context.row_counts.items()}


def _trigger_tags(context: TrainingContext) -> dict[str, str]:
    trigger = {"trigger_id": context.trigger_id} if context.trigger_id is not None else {}
    if context.labelled is None:
        return trigger
    return trigger | {
        "rows_labelled": str(context.labelled["used"]),
        "rows_left_out": json.dumps(dict(context.labelled["left_out"])),
    }


def _log_parts(run_id: str, context: TrainingContext) -> None:
    """Log which rows the run learned from, chose by, and was measured on: MLflow's "datasets used"."""
    source = json.dumps({"name": context.dataset_origin, "sha256": context.dataset_sha256})
    inputs = [
        DatasetInput(
            dataset=Dataset(
                name=f"{context.dataset_origin}, {part}",
                digest=digest[:LONGEST_DIGEST],
                source_type="table",
                source=source,
                profile=json.dumps({"num_rows": context.row_counts[part], "sha256": digest}),
            ),
            tags=[InputTag(MLFLOW_DATASET_CONTEXT, PURPOSES.get(part, part))],
        )
        for part, digest in context.part_sha256.items()
    ]
    if inputs:
        MlflowClient().log_inputs(run_id, datasets=inputs)


def _log_plots(measured: MeasuredCandidate, test: Part, runs: Iterable[str]) -> None:
    arguments = (measured.fitted.label, test.targets, measured.predicted)
    images = {
        "predicted_against_actual.png": predicted_against_actual(*arguments),
        "residuals.png": residuals_against_predicted(*arguments),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, image in images.items():
            (Path(folder) / name).write_bytes(image)
        for run in runs:
            mlflow.log_artifacts(folder, artifact_path="plots", run_id=run)


def _log_model(measured: MeasuredCandidate, test: Part) -> str:
    with _description(test.inputs, measured.predicted) as described:
        logged = mlflow.sklearn.log_model(measured.fitted.pipeline, name="model", **described)
    return str(logged.model_id)


def save_model(pipeline: Any, inputs: FloatArray, folder: Path) -> None:
    """Write a pipeline into a new folder as ``record`` records it; ``inputs`` has examples."""
    load_model_formats()
    served = price_pipeline(pipeline)
    with _description(inputs, served.predict(inputs[:EXAMPLE_ROWS])) as described:
        mlflow.sklearn.save_model(served, folder, **described)


@contextmanager
def _description(inputs: FloatArray, predicted: FloatArray) -> Iterator[dict[str, Any]]:
    """Yield what MLflow is told of a model besides itself; the code to copy exists meanwhile."""
    # Named, so that MLflow puts a table's columns in order and refuses one that lacks an input. An array of
    # numbers has no names: it would be answered in whatever order it came.
    rows = inputs[:EXAMPLE_ROWS].tolist()
    example = pd.DataFrame([values_of(row) for row in rows], columns=list(FEATURE_NAMES))
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # MLflow compares an example's columns with a range to see whether they are named.
        warnings.filterwarnings("ignore", message="Operation with range is deprecated")
        yield _described(example, predicted) | {"code_paths": copied_code(Path(folder))}


def _described(example: pd.DataFrame, predicted: FloatArray) -> dict[str, Any]:
    return {
        # MLflow's default, skops, needs every tree type listed and takes ten times as long. A pickle
        # runs code when it is loaded: ``python -m training.mlflow_export`` makes one from checked files.
        "serialization_format": mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE,
        "signature": infer_signature(example, predicted[:EXAMPLE_ROWS]),
        "input_example": example,
        # Named here; otherwise MLflow starts a second Python to determine them.
        "pip_requirements": [f"{name}=={installed_version(name)}" for name in MODEL_REQUIREMENTS],
        "metadata": {"feature_names": list(FEATURE_NAMES), "unit": TARGET_UNIT},
    }
