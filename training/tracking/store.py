"""MLflow's store: creating its tables on first use, and connecting to it or to its server."""

import fcntl
import os
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from requests.utils import get_environ_proxies, select_proxy
from sqlalchemy.exc import SADeprecationWarning

from storage.errors import ServiceUnavailable
from storage.settings import Settings
from training.tracking.artifact_addresses import follow_runtime_folder
from training.tracking.quiet_mlflow import mlflow

LONGEST_REASON = 200
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
CONNECT_SECONDS = 3.0
"""How long a training waits for a server to accept a connection before continuing without MLflow."""


class TrackingUnavailable(ServiceUnavailable):
    """MLflow's store or server is unavailable."""

    title = "MLflow unavailable"


@contextmanager
def answering() -> Iterator[None]:
    """Raise ``TrackingUnavailable`` for any MLflow error inside."""
    try:
        yield
    except (MlflowException, OSError) as error:
        lines = str(error).strip().splitlines() or ["no reason given"]
        raise TrackingUnavailable(
            f"MLflow could not record the training ({lines[0][:LONGEST_REASON]})."
        ) from error


def is_remote(settings: Settings) -> bool:
    """Whether MLflow is reached through a server."""
    return settings.tracking_uri.startswith(("http://", "https://"))


def connect(settings: Settings) -> MlflowClient:
    """Return a client of the store or server in the settings; a store's tables are created."""
    mlflow.set_tracking_uri(settings.tracking_uri)
    if is_remote(settings):
        _leave_proxies_out_of_this_machine()
        _knock(settings.tracking_uri)
    else:
        create_store(settings)
    return MlflowClient(settings.tracking_uri, settings.tracking_uri)


def _leave_proxies_out_of_this_machine() -> None:
    # MLflow's client reads the environment; of the two spellings, the lower-case one goes before the other.
    name = "no_proxy" if "no_proxy" in os.environ else "NO_PROXY"
    left_out = filter(None, os.environ.get(name, "").split(","))
    os.environ[name] = ",".join(dict.fromkeys([*left_out, *THIS_MACHINE]))


def _knock(address: str) -> None:
    # MLflow's own client retries: 5 s if nothing listens, a minute if packets are dropped.
    parts = urlsplit(select_proxy(address, get_environ_proxies(address)) or address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    with socket.create_connection((parts.hostname or "", port), timeout=CONNECT_SECONDS):
        pass


def create_store(settings: Settings) -> None:
    """Create the tables of MLflow's store, if they are missing; correct its addresses if its folder moved.

    Locked, because the server and a training often start together, in separate containers.
    """
    folder = settings.paths.mlflow_store.parent
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "store.lock").open("wb") as lock, warnings.catch_warnings():
        fcntl.flock(lock, fcntl.LOCK_EX)
        # MLflow's own tables use features that SQLAlchemy 2.1 deprecates.
        warnings.filterwarnings("ignore", category=SADeprecationWarning)
        MlflowClient(settings.tracking_uri).search_experiments(max_results=1)
        follow_runtime_folder(settings)
