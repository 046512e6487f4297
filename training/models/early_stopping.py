"""Regressors that add trees until the validation part is answered no better."""

import inspect
from typing import Any

from sklearn.base import clone

from storage.schema.arrays import FloatArray

PATIENCE = "early_stopping_rounds"
"""The parameter by which LightGBM, XGBoost and CatBoost all know it."""


def stops_early(regressor: Any) -> bool:
    """Whether a regressor is to be fitted with validation rows: it has a patience, and takes such rows."""
    if regressor.get_params(deep=False).get(PATIENCE) is None:
        return False
    return "eval_set" in inspect.signature(regressor.fit).parameters


def validation_arguments(
    regressor: Any, features: FloatArray, targets: FloatArray
) -> dict[str, Any]:
    """Return the arguments of ``fit`` by which a regressor that stops early gets the validation part."""
    taken = inspect.signature(regressor.fit).parameters
    # XGBoost and CatBoost print a line for each tree by default.
    quiet = {"verbose": False} if "verbose" in taken else {}
    if "eval_X" in taken:  # LightGBM's own way since 4.7, where the former one warns
        return {"eval_X": features, "eval_y": targets, **quiet}
    return {"eval_set": [(features, targets)], **quiet}


def without_stopping(regressor: Any) -> Any:
    """Return an unfitted copy that grows as many trees as a fitted one kept, without validation rows."""
    copy = clone(regressor)
    if not stops_early(regressor):
        return copy
    return copy.set_params(n_estimators=max(1, _rounds(regressor)), **{PATIENCE: None})


def _rounds(regressor: Any) -> int:
    """Return how many trees were kept, as the house, CatBoost, LightGBM and XGBoost tell it."""
    for name in ("rounds_", "tree_count_", "best_iteration_"):
        if (found := getattr(regressor, name, None)) is not None:
            return int(found)
    return int(regressor.best_iteration) + 1
