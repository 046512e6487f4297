"""MLflow's store: creating its tables on first use, and connecting to it or to its server."""

import os
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow.store.db.utils as store_connections
import requests
import sqlalchemy as sa
from mlflow import MlflowClient
from sqlalchemy.exc import SADeprecationWarning

from storage.errors import HousingError, ServiceUnavailable
from storage.settings import Settings
from training.fitting.progress import RetrainingCancelled
from training.tracking.artifact_addresses import follow_runtime_folder
from training.tracking.quiet_mlflow import mlflow
from training.tracking.store_file import StoreFile

LONGEST_REASON = 300
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
CONNECT_SECONDS = 3.0
"""How long a training waits for a server to accept a connection before continuing without MLflow."""
ANSWER_SECONDS = 10.0
"""How long it waits for the server's first answer."""
CONNECT_ATTEMPTS = 2
DEFAULT_PORTS = {"postgresql": 5432, "mysql": 3306, "mssql": 1433}


class TrackingUnavailable(ServiceUnavailable):
    """MLflow's store or server is unavailable."""

    title = "MLflow unavailable"


@contextmanager
def answering() -> Iterator[None]:
    """Raise ``TrackingUnavailable`` for whatever MLflow, its database or its server raises inside.

    Any error, because MLflow passes on those of its many libraries, and none may delay a training.
    """
    try:
        yield
    except (HousingError, RetrainingCancelled):
        raise
    except Exception as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise TrackingUnavailable(f"MLflow is not available ({_shortened(lines[0])}).") from error


def _shortened(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else f"{reason[:LONGEST_REASON]}…"


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
    """Have the server answer something, within a time, through a proxy if the environment names one."""
    # MLflow's own client retries: 5 s if nothing listens, a minute if nothing is answered.
    requests.get(f"{address.rstrip('/')}/health", timeout=(CONNECT_SECONDS, ANSWER_SECONDS))


def _knock_at_database(url: sa.URL) -> None:
    if url.host:
        port = url.port or DEFAULT_PORTS.get(url.get_backend_name())
        if port is not None:
            with socket.create_connection((url.host, port), timeout=CONNECT_SECONDS):
                pass


def create_store(settings: Settings) -> None:
    """Create the tables of MLflow's store, if they are missing; correct its addresses if its folder moved.

    Any number of processes may do this at once: the server and a training often start together, in separate
    containers.
    """
    # Otherwise MLflow tries ten times, with pauses of 100 s together.
    store_connections.MAX_RETRY_COUNT = CONNECT_ATTEMPTS
    url = sa.make_url(settings.tracking_uri)
    if url.get_backend_name() == "sqlite" and url.database:
        path = Path(url.database)
        if path.is_dir():
            raise IsADirectoryError(f"a folder has the name of its store {path}: move it away")
        StoreFile(path).make(lambda draft: _open(_address_of(url, draft)))
    else:
        _knock_at_database(url)
    _open(settings.tracking_uri)
    follow_runtime_folder(settings)


def _address_of(url: sa.URL, path: Path) -> str:
    return url.set(database=str(path)).render_as_string(hide_password=False)


def _open(address: str) -> None:
    with warnings.catch_warnings():
        # MLflow's own tables use features that SQLAlchemy 2.1 deprecates.
        warnings.filterwarnings("ignore", category=SADeprecationWarning)
        MlflowClient(address).search_experiments(max_results=1)
