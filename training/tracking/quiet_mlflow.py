"""MLflow without telemetry and unneeded log lines. All code imports MLflow through this module."""

import logging
import os
import warnings

MLFLOW_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    # Without these, a tracking server that is down would delay a training for many minutes.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "PGCONNECT_TIMEOUT": "10",  # libpq's own: a store in PostgreSQL that accepts and does not answer
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}
for _name, _value in MLFLOW_ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

with warnings.catch_warnings():
    # Its warnings at import concern MLflow's own code, not its users.
    warnings.simplefilter("ignore")
    import mlflow

# Its log lines are advice; failures are raised.
for _logger in ("mlflow", "alembic"):
    logging.getLogger(_logger).setLevel(logging.ERROR)

__all__ = ["MLFLOW_ENVIRONMENT", "load_model_formats", "mlflow"]


def load_model_formats() -> None:
    """Import the parts that MLflow imports lazily when a model is logged, without their warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in (mlflow.pyfunc, mlflow.sklearn):
            dir(module)  # these proxies import the real module on attribute access
