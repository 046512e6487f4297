"""An MLflow run for each training, and below it one for each candidate: figures, model, plots."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path

from mlflow.entities import Experiment, LifecycleStage
from mlflow.models import infer_signature

from storage.model_store import MODEL_CARD
from storage.schema.features import FEATURE_NAMES, TARGET_UNIT
from storage.schema.records import MlflowRun
from storage.settings import Settings
from training.dataset.splits import Part
from training.fit import MeasuredCandidate
from training.plots import predicted_against_actual, residuals_against_predicted
from training.quiet_mlflow import load_model_formats, mlflow
from training.search import SEARCHED, Trial
from training.tracking_store import answering, connect, is_remote

EXPERIMENT = "california-housing"
MODEL_REQUIREMENTS = ("scikit-learn", "numpy", "numba", "cloudpickle")
EXAMPLE_ROWS = 5


@dataclass(frozen=True)
class TrainingContext:
    """What all runs of one training share, and what stands in the whole training's."""

    version: str
    winner: str
    seed: int
    dataset_origin: str
    dataset_sha256: str
    row_counts: Mapping[str, int]
    model_card: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class RecordedRun:
    """A candidate's run, and what MLflow calls the model in it."""

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
        load_model_formats()
        with answering():
            self._experiment_id = self._open_experiment()

    @contextmanager
    def training(self, context: TrainingContext) -> Iterator[MlflowRun]:
        """Open the run of a whole training and give it; what is recorded inside becomes its children."""
        name = f"training {context.version}"
        with answering(), mlflow.start_run(experiment_id=self._experiment_id, run_name=name) as run:
            mlflow.set_tags(_shared_tags(context))
            mlflow.log_params(dict(context.parameters))
            yield MlflowRun(experiment_id=self._experiment_id, run_id=str(run.info.run_id))

    def record(
        self, measured: MeasuredCandidate, test: Part, context: TrainingContext
    ) -> RecordedRun:
        """Record one candidate in a run of its own."""
        with answering(), self._child(measured.fitted.name) as run:
            mlflow.set_tags(_tags(measured, context))
            mlflow.log_params(measured.fitted.parameters)
            mlflow.log_metrics(measured.metrics)
            _log_plots(measured, test)
            if measured.fitted.name == context.winner:
                mlflow.log_text(context.model_card, MODEL_CARD)
            return RecordedRun(str(run.info.run_id), _log_model(measured, test))

    def record_trial(self, trial: Trial, context: TrainingContext) -> None:
        """Record one configuration of the search, without its model, in a run of its own."""
        with answering(), self._child(f"{SEARCHED} trial {trial.number}"):
            mlflow.set_tags(_shared_tags(context) | {"model_name": SEARCHED, "trial": trial.number})
            mlflow.log_params(dict(trial.parameters))
            mlflow.log_metrics(trial.metrics)

    def _child(self, name: str) -> mlflow.ActiveRun:
        return mlflow.start_run(experiment_id=self._experiment_id, run_name=name, nested=True)

    def _open_experiment(self) -> str:
        client = connect(self._settings)
        found = client.get_experiment_by_name(EXPERIMENT)
        if found is not None and found.lifecycle_stage == LifecycleStage.DELETED:
            client.restore_experiment(found.experiment_id)
        if found is not None and self._can_write_to(found):
            return str(found.experiment_id)
        if found is not None:
            client.rename_experiment(found.experiment_id, f"{EXPERIMENT}-{found.experiment_id}")
        return str(client.create_experiment(EXPERIMENT, self._artifact_location))

    @property
    def _artifact_location(self) -> str | None:
        """Folder of the artifacts; None: the server decides, and carries them too."""
        if is_remote(self._settings):
            return None
        return (self._settings.paths.mlflow_artifacts / EXPERIMENT).as_uri()

    def _can_write_to(self, experiment: Experiment) -> bool:
        # An experiment keeps the place of its artifacts for good. After the runtime folder moved, or a
        # switch between store and server, that place is not ours any more, and a new one is made.
        if is_remote(self._settings):
            return not experiment.artifact_location.startswith(("file:", "/"))
        return bool(experiment.artifact_location == self._artifact_location)


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
        "unit": f"rmse and mae in {TARGET_UNIT}, fit_seconds in s",
    } | {f"rows_{part}": str(count) for part, count in context.row_counts.items()}


def _log_plots(measured: MeasuredCandidate, test: Part) -> None:
    arguments = (measured.fitted.label, test.targets, measured.predicted)
    images = {
        "predicted_against_actual.png": predicted_against_actual(*arguments),
        "residuals.png": residuals_against_predicted(*arguments),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, image in images.items():
            (Path(folder) / name).write_bytes(image)
        mlflow.log_artifacts(folder, artifact_path="plots")


def _log_model(measured: MeasuredCandidate, test: Part) -> str:
    example = test.inputs[:EXAMPLE_ROWS]
    logged = mlflow.sklearn.log_model(
        measured.fitted.pipeline,
        name="model",
        # MLflow's default, skops, needs every tree type listed and takes ten times as long. A pickle
        # runs code when it is loaded; this one is as trusted as the model.pkl beside it.
        serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE,
        signature=infer_signature(example, measured.predicted[:EXAMPLE_ROWS]),
        input_example=example,
        # Named here; otherwise MLflow starts a second Python to find them out.
        pip_requirements=[f"{name}=={installed_version(name)}" for name in MODEL_REQUIREMENTS],
        metadata={"feature_names": list(FEATURE_NAMES), "unit": TARGET_UNIT},
    )
    return str(logged.model_id)
