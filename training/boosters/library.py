"""The optional libraries of boosted trees: which there are, and what to do where one is missing."""

import importlib
import importlib.util
from collections.abc import Mapping
from importlib.metadata import packages_distributions, version
from typing import Any

from storage.errors import InvalidInput

LABELS: Mapping[str, str] = {"lightgbm": "LightGBM", "xgboost": "XGBoost", "catboost": "CatBoost"}
"""By the name of the candidate, which is that of the Python package."""


def is_installed(name: str) -> bool:
    """Whether this process can import the library."""
    return importlib.util.find_spec(name) is not None


def library(name: str) -> Any:
    """Return the library's module.

    Raises
    ------
    InvalidInput
        If it is not installed; the message says how to install it.
    """
    if not is_installed(name):
        raise InvalidInput(
            f"The candidate {name} needs {LABELS[name]}, which is not installed here; run "
            f".venv/bin/pip install -r requirements/{name}.txt, or take the name out of the candidates."
        )
    return importlib.import_module(name)


def library_version(name: str) -> str:
    """Return the version that is installed, "" if there is none."""
    # XGBoost comes as one of two distributions.
    found = packages_distributions().get(name, ())
    return version(found[0]) if found else ""
