"""Removing the artifacts of a removed version from MLflow; its runs and their figures stay."""

from collections.abc import Iterable, Iterator

from mlflow import MlflowClient
from mlflow.entities import LoggedModel, Run
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from storage.domain.subject import MODEL_NAME
from storage.models.removed import RemovedVersion
from storage.settings import Settings
from training.tracking.registry import VERSION_TAG
from training.tracking.store import answering, connect

REMOVED_TAG = "removed_at"


def forget(settings: Settings, removed: RemovedVersion) -> None:
    """Remove the models and plots that a version's training recorded, and mark it in the registry.

    It may be called again for the same version.

    Raises
    ------
    TrackingUnavailable
        If the store or the server does not answer; what it had not removed is still there.
    """
    with answering():
        client = connect(settings)
        when = removed.removed_at.isoformat()
        for run in _runs(client, removed.version):
            for model in _models(client, run):
                _delete(model.artifact_location)
                client.delete_logged_model(model.model_id)
            _delete(str(run.info.artifact_uri))
            client.set_tag(run.info.run_id, REMOVED_TAG, when)
        _mark(client, removed.version, when)


def _runs(client: MlflowClient, version: str) -> Iterable[Run]:
    """Return the runs of a version's training that still have artifacts."""
    experiments = client.search_experiments(filter_string=f"name LIKE '{MODEL_NAME}%'")
    ids = [experiment.experiment_id for experiment in experiments]
    found = client.search_runs(ids, f"tags.{VERSION_TAG} = '{version}'") if ids else []
    return [run for run in found if REMOVED_TAG not in run.data.tags]


def _models(client: MlflowClient, run: Run) -> Iterator[LoggedModel]:
    experiment, wanted = run.info.experiment_id, f"source_run_id = '{run.info.run_id}'"
    yield from client.search_logged_models([experiment], filter_string=wanted)


def _delete(location: str) -> None:
    get_artifact_repository(location).delete_artifacts()  # type: ignore[no-untyped-call]


def _mark(client: MlflowClient, version: str, when: str) -> None:
    wanted = f"name = '{MODEL_NAME}' and tags.`{VERSION_TAG}` = '{version}'"
    for registered in client.search_model_versions(wanted):
        number = str(registered.version)
        client.set_model_version_tag(MODEL_NAME, number, REMOVED_TAG, when)
        client.update_model_version(
            MODEL_NAME, number, f"Removed on {when[:10]}: its files and artifacts are gone."
        )
