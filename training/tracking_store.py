"""The tables of MLflow's store, made by whoever needs them first: the server or a training."""

import fcntl
import warnings

from sqlalchemy.exc import SADeprecationWarning

from storage.settings import Settings
from training.quiet_mlflow import mlflow


def create_store(settings: Settings) -> None:
    """Create the tables of MLflow's store, or do nothing if they are there.

    Locked, because the server and a training often start together, and in containers of their own.
    """
    folder = settings.paths.mlflow_store.parent
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "store.lock").open("w") as lock, warnings.catch_warnings():
        fcntl.flock(lock, fcntl.LOCK_EX)
        # MLflow's own tables use what SQLAlchemy 2.1 deprecates.
        warnings.filterwarnings("ignore", category=SADeprecationWarning)
        mlflow.MlflowClient(settings.tracking_uri).search_experiments(max_results=1)
