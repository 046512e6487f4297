"""The MLflow server over the runtime folder's store (``python -m training.mlflow_server``).

It runs in this process instead of through MLflow's own command, which imports everything twice and stays
as a parent of the server. The variables that the command would pass on are set here; a test compares them.
"""

import storage.ctrl_c

import os
import warnings
from urllib.parse import urlsplit

from storage.setting_groups.hosts import refuse_taken, url_of
from storage.settings import Settings, settings_or_exit

SHUTDOWN_SECONDS = 3
"""How long a request may continue after the server was stopped."""


def server_environment(settings: Settings) -> dict[str, str]:
    """Return the variables that MLflow's server application reads when it is imported."""
    artifacts = settings.paths.mlflow_artifacts.as_uri()
    return {
        "_MLFLOW_SERVER_FILE_STORE": settings.tracking_uri,
        "_MLFLOW_SERVER_REGISTRY_STORE": settings.tracking_uri,
        # The server transfers the artifacts of new experiments created through it, so a client needs
        # no access to the folder; runs recorded in the store directly name the folder itself.
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": artifacts,
        "_MLFLOW_SGI_NAME": "uvicorn",
        "MLFLOW_SERVER_ALLOWED_HOSTS": _allowed_hosts(settings),
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }


def _allowed_hosts(settings: Settings) -> str:
    """Return the hosts of the setting and the server's own, as patterns in which a bracket is escaped."""
    addresses = settings.addresses
    own = urlsplit(url_of(addresses.mlflow_host, addresses.mlflow_port)).netloc.rpartition(":")[0]
    hosts = [*settings.mlflow.allowed_hosts.split(","), f"{own.replace('[', '[[]', 1)}:*"]
    return ",".join(dict.fromkeys(hosts))


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = settings_or_exit()
    if settings.tracking_uri.startswith(("http://", "https://")):
        raise SystemExit(
            "HOUSING_MLFLOW_TRACKING_URI names a server; this one needs a database to serve."
        )
    _refuse_unsafe(settings)
    addresses = settings.addresses
    refuse_taken(addresses.mlflow_host, addresses.mlflow_port, "HOUSING_MLFLOW_PORT")
    os.environ.update(server_environment(settings))
    _serve(settings)


def _refuse_unsafe(settings: Settings) -> None:
    # Whoever reaches it can change runs, and the models that others load.
    if settings.mlflow_is_open:
        raise SystemExit(
            f"HOUSING_MLFLOW_HOST={settings.addresses.mlflow_host} lets others connect, and nothing asks who "
            "they are: set HOUSING_MLFLOW_PASSWORD, or bind the MLflow server to 127.0.0.1."
        )


def _serve(settings: Settings) -> None:
    # Here, because the environment has to be complete before MLflow is imported.
    import uvicorn

    from training.tracking.sign_in import SignIn
    from training.tracking.store import TrackingUnavailable, answering, create_store

    # These warnings concern MLflow's use of its own libraries, which nobody here can change.
    warnings.filterwarnings("ignore", category=Warning, module=r"mlflow\.")
    try:
        with answering():
            create_store(settings)
    except TrackingUnavailable as error:
        raise SystemExit(str(error)) from None
    from mlflow.server.fastapi_app import app

    password = settings.mlflow.password
    uvicorn.run(
        SignIn(app, settings.mlflow.user, password.get_secret_value()) if password else app,
        host=settings.addresses.mlflow_host,
        port=settings.addresses.mlflow_port,
        log_level="warning",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


if __name__ == "__main__":
    main()
