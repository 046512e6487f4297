"""Two plots of one model on the test part, as PNG."""

import io
from math import isfinite
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from storage.domain.target import DISPLAY, TARGET_CAP, TARGET_UNIT
from storage.schema.arrays import FloatArray
from training.evaluation.metrics import residuals

FIGURE_INCHES = (6.4, 4.8)
DOTS_PER_INCH = 120
VALUE = DISPLAY.label.lower()
POINTS: dict[str, Any] = {"s": 6, "alpha": 0.25, "linewidths": 0, "color": "#1f5fa8"}


def predicted_against_actual(label: str, actual: FloatArray, predicted: FloatArray) -> bytes:
    """Draw every row as a point; a perfect model lies on the diagonal.

    Parameters
    ----------
    label
        The model's name for people.
    actual, predicted
        Shape (n,), in the target's unit.

    Returns
    -------
    bytes
        A PNG image.
    """
    figure, axes = _new_figure(
        f"{label}: predicted against actual (test part, n = {len(actual):,})"
    )
    low, high = _limits(actual, predicted)
    axes.scatter(actual, predicted, **POINTS)
    axes.plot([low, high], [low, high], color="#444444", linewidth=1, label="perfect")
    if isfinite(TARGET_CAP):
        axes.axvline(
            TARGET_CAP, color="#b5542c", linewidth=1, linestyle=":", label="cap of recorded values"
        )
    axes.set_xlabel(f"Actual {VALUE} ({TARGET_UNIT})")
    axes.set_ylabel(f"Predicted ({TARGET_UNIT})")
    axes.legend(loc="upper left")
    return _to_png(figure)


def residuals_against_predicted(label: str, actual: FloatArray, predicted: FloatArray) -> bytes:
    """Draw actual - predicted over the prediction: a pattern shows what the model did not learn.

    Parameters and result are those of ``predicted_against_actual``.
    """
    figure, axes = _new_figure(f"{label}: residuals (test part, n = {len(actual):,})")
    axes.scatter(predicted, residuals(actual, predicted), **POINTS)
    axes.axhline(0, color="#444444", linewidth=1)
    axes.set_xlabel(f"Predicted {VALUE} ({TARGET_UNIT})")
    axes.set_ylabel(f"Actual - predicted ({TARGET_UNIT})")
    return _to_png(figure)


def _new_figure(title: str) -> tuple[Figure, Axes]:
    # Without pyplot: no window system, no global state, nothing to close.
    figure = Figure(figsize=FIGURE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, fontsize="medium")
    axes.grid(visible=True, alpha=0.3)
    return figure, axes


def _limits(actual: FloatArray, predicted: FloatArray) -> tuple[float, float]:
    both = np.concatenate([actual, predicted])
    return float(both.min()), float(both.max())


def _to_png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    FigureCanvasAgg(figure).print_png(stream)  # unlike savefig, it draws once
    return stream.getvalue()
