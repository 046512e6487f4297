"""What the model is called wherever versions of it are recorded."""

from storage.domain.table import TABLE

MODEL_NAME = TABLE.name
"""Of the experiment and of the registered model in MLflow."""
