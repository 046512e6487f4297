"""What the model is called wherever versions of it are recorded."""

MODEL_NAME = "california-housing"
"""Of the experiment and of the registered model in MLflow."""
