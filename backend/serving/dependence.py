"""How the model that serves answers in general: computed when somebody asks, and kept for its version."""

import threading

import numpy as np

from backend.contract.dependence import (
    DependenceCurve,
    DependenceResponse,
    InteractionAxis,
    InteractionResponse,
)
from backend.serving.served_model import ServedModel
from backend.serving.what_if import values_along
from storage.domain.inputs import FEATURE_NAMES, FEATURES, FeatureName
from storage.errors import RecordNotFound
from storage.schema.arrays import FloatArray
from training.evaluation.dependence import dependence, interaction

POINTS, POINTS_OF_TWO = 21, 11
MOST_PREDICTIONS, FEWEST_ROWS = 50_000, 20
"""With many inputs, fewer rows are looked at."""
EDGE_SHARE = 0.01
"""Curves run from this quantile of the training part to the opposite one: few rows are beyond."""


class GeneralAnswers:
    """Keeps the curves of the version that was asked for last: they take a part of a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: DependenceResponse | None = None

    def curves(self, model: ServedModel) -> DependenceResponse:
        """Return the mean answer along every input, the most important one first."""
        with self._lock:
            version = model.manifest.version
            if self._kept is None or self._kept.model_version != version:
                self._kept = _curves(model)
            return self._kept


def answers_of_two(
    model: ServedModel, first: FeatureName, second: FeatureName
) -> InteractionResponse:
    """Return the mean answer along two inputs.

    Raises
    ------
    RecordNotFound
        If they are one.
    """
    if first == second:
        raise RecordNotFound("An input does not interact with itself: choose two different inputs.")
    axes = [
        (FEATURE_NAMES.index(name), _grid(model, name, POINTS_OF_TWO)) for name in (first, second)
    ]
    rows = model.profile.background
    found = interaction(model.predict, rows, *axes)
    one, other = (
        InteractionAxis(
            feature=FEATURE_NAMES[column],
            values=grid.tolist(),
            categories=FEATURES[column].categories,
        )
        for column, grid in axes
    )
    return InteractionResponse(
        first=one,
        second=other,
        means=found.mean.tolist(),
        strength=found.strength,
        rows=len(rows),
        model_version=model.manifest.version,
    )


def _curves(model: ServedModel) -> DependenceResponse:
    shares, rows = model.profile.importances, _rows(model)
    order = np.argsort(-shares, kind="stable").tolist()
    return DependenceResponse(
        curves=[_curve(model, rows, column, float(shares[column])) for column in order],
        rows=len(rows),
        model_version=model.manifest.version,
    )


def _rows(model: ServedModel) -> FloatArray:
    rows = model.profile.background
    most = max(FEWEST_ROWS, MOST_PREDICTIONS // (POINTS * rows.shape[1]))
    return rows[:: max(1, -(-len(rows) // most))]


def _curve(model: ServedModel, rows: FloatArray, column: int, importance: float) -> DependenceCurve:
    name = FEATURE_NAMES[column]
    grid = _grid(model, name, POINTS)
    found = dependence(model.predict, rows, column, grid)
    return DependenceCurve(
        feature=name,
        importance=importance,
        values=grid.tolist(),
        categories=FEATURES[column].categories,
        means=found.mean.tolist(),
        lower=found.lower.tolist(),
        upper=found.upper.tolist(),
    )


def _grid(model: ServedModel, name: str, points: int) -> FloatArray:
    column = FEATURE_NAMES.index(name)
    known = model.profile.inputs[:, column]
    lowest, highest = np.nanquantile(known, [EDGE_SHARE, 1 - EDGE_SHARE])
    # Each value once, also of an input that hardly varies.
    return np.unique(values_along(FEATURES[column], lowest, highest, points))
