"""Error metrics of predictions."""

from dataclasses import dataclass

import numpy as np
from sklearn import metrics

from storage.schema.arrays import FloatArray


@dataclass(frozen=True)
class RegressionFigures:
    """Three metrics of one model on one part. Errors in the target's unit; r2_score without unit."""

    rmse: float
    mae: float
    r2_score: float


def evaluate(actual: FloatArray, predicted: FloatArray) -> RegressionFigures:
    """Return the three metrics; both arrays have shape (n,) and are in the target's unit.

    Raises
    ------
    ValueError
        If the lengths differ, or a value is not finite.
    """
    return RegressionFigures(
        rmse=rmse(actual, predicted),
        mae=mae(actual, predicted),
        r2_score=r2_score(actual, predicted),
    )


def rmse(actual: FloatArray, predicted: FloatArray) -> float:
    """Root mean squared error: sqrt(mean((actual - predicted)^2)), in the unit of the values.

    Large errors weigh more than in ``mae``; 0 is perfect.

    Examples
    --------
    >>> rmse(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 6.0]))
    1.7320508075688772
    """
    return float(metrics.root_mean_squared_error(actual, predicted))


def mae(actual: FloatArray, predicted: FloatArray) -> float:
    """Mean absolute error: mean(|actual - predicted|), in the unit of the values; 0 is perfect.

    Examples
    --------
    >>> mae(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 6.0]))
    1.0
    """
    return float(metrics.mean_absolute_error(actual, predicted))


def r2_score(actual: FloatArray, predicted: FloatArray) -> float:
    """Coefficient of determination: 1 - sum((actual - predicted)^2) / sum((actual - mean(actual))^2).

    Without unit; 1 is perfect, 0 is as good as always answering the mean, below 0 is worse than that.

    Examples
    --------
    >>> r2_score(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]))
    0.5
    """
    return float(metrics.r2_score(actual, predicted))


def residuals(actual: FloatArray, predicted: FloatArray) -> FloatArray:
    """Return actual - predicted, shape (n,): positive where the model is too low.

    Examples
    --------
    >>> residuals(np.array([2.0, 3.0]), np.array([1.5, 3.5])).tolist()
    [0.5, -0.5]
    """
    return np.subtract(actual, predicted)
