"""MLflow with its telemetry and its chatter off. Everything here imports MLflow through this module."""

import logging
import os

MLFLOW_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    # Without these a tracking server that is down would hold up a training for many minutes.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}
for _name, _value in MLFLOW_ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

import mlflow  # noqa: E402 - it reads these variables while it is imported
import mlflow.sklearn  # noqa: E402 - as above

# Its warnings are advice to its user, which is this package; what fails is raised, not logged.
for _logger in ("mlflow", "alembic"):
    logging.getLogger(_logger).setLevel(logging.ERROR)

__all__ = ["MLFLOW_ENVIRONMENT", "mlflow"]
