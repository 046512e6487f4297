"""How good intervals are on rows whose values are known."""

from dataclasses import dataclass

import numpy as np

from storage.schema.arrays import FloatArray


@dataclass(frozen=True)
class IntervalFigures:
    """Figures of intervals on one part. Width and score in 100,000 USD, coverage from 0 to 1."""

    coverage: float
    mean_width: float
    score: float


def interval_figures(
    lower: FloatArray, upper: FloatArray, actual: FloatArray, coverage: float
) -> IntervalFigures:
    """Measure intervals, all of shape (n,), that should hold ``coverage`` of the actual prices."""
    return IntervalFigures(
        coverage=float(np.mean((lower <= actual) & (actual <= upper))),
        mean_width=float(np.mean(upper - lower)),
        score=interval_score(lower, upper, actual, coverage),
    )


def interval_score(
    lower: FloatArray, upper: FloatArray, actual: FloatArray, coverage: float
) -> float:
    """Return the mean interval score, lower is better, in the unit of the prices.

    Width, plus 2 / (1 - coverage) times the distance by which an actual price is outside (Gneiting and
    Raftery 2007, Strictly Proper Scoring Rules, Prediction, and Estimation, section 6.2).

    Examples
    --------
    >>> round(interval_score(np.array([1.0]), np.array([2.0]), np.array([2.5]), coverage=0.9), 6)
    11.0
    """
    return float(np.mean(interval_scores(lower, upper, actual, coverage)))


def interval_scores(
    lower: FloatArray, upper: FloatArray, actual: FloatArray, coverage: float
) -> FloatArray:
    """Return the interval score of each row, shape (n,); see ``interval_score``."""
    missed = np.maximum(lower - actual, 0.0) + np.maximum(actual - upper, 0.0)
    return np.asarray(upper - lower + 2.0 / (1.0 - coverage) * missed)
