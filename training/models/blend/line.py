"""A straight line through all columns, for trees to stand on: trees alone cannot go beyond what they saw."""

from typing import NamedTuple

import numpy as np
from sklearn.linear_model import RidgeCV

from storage.schema.arrays import FloatArray

PENALTIES = np.logspace(-3, 4, 15)
TAILS = (1, 99)
MOST_ROWS = 20_000
"""More change nothing: there are at most some hundred slopes, and trees correct what is left."""


class Line(NamedTuple):
    """Slopes and limits, each of shape (k,), and what an answer begins with.

    A value beyond its limits counts as the limit: what is a little further than all that was learned goes on
    along the line, and one absurd value does not make an absurd answer.
    """

    slopes: FloatArray
    lows: FloatArray
    highs: FloatArray
    intercept: float

    def answers(self, features: FloatArray) -> FloatArray:
        """Return the line's answers, shape (n,), for features (n, k)."""
        return np.asarray(np.clip(features, self.lows, self.highs) @ self.slopes + self.intercept)


def flat(columns: int) -> Line:
    """Return the line that answers 0 everywhere."""
    return Line(np.zeros(columns), np.full(columns, -np.inf), np.full(columns, np.inf), 0.0)


def ridge(features: FloatArray, goals: FloatArray, weights: FloatArray | None) -> Line:
    """Fit slopes with a penalty on their squares, each column by its deviation.

    The penalty is the one with the smallest error on rows left out one by one (Golub, Heath and Wahba 1979,
    Generalized Cross-Validation). A column's limits are its 1st and 99th percentile, each moved out by the
    distance between them: far values pull on the slopes no more than that, either.

    Parameters
    ----------
    features
        Shape (n, k), finite.
    goals, weights
        Shape (n,); without weights all rows count the same.

    Examples
    --------
    >>> features = np.arange(40.0).reshape(20, 2)
    >>> line = ridge(features, features @ [2.0, -1.0] + 5.0, None)
    >>> bool(np.abs(line.answers(features) - features @ [2.0, -1.0] - 5.0).max() < 0.01)
    True
    """
    each = 1 + (len(goals) - 1) // MOST_ROWS
    lows, highs = _limits(features[::each])
    some, own = np.clip(features[::each], lows, highs), None if weights is None else weights[::each]
    means, deviations = some.mean(axis=0), some.std(axis=0)
    deviations[deviations == 0] = 1.0
    model = RidgeCV(PENALTIES).fit((some - means) / deviations, goals[::each], sample_weight=own)
    slopes = np.asarray(model.coef_) / deviations
    return Line(slopes, lows, highs, float(model.intercept_ - means @ slopes))


def _limits(features: FloatArray) -> tuple[FloatArray, FloatArray]:
    lows, highs = np.percentile(features, TAILS, axis=0)
    reach = highs - lows
    # Where 98 % of the values are the same, as of a rare flag, the others are what counts.
    lows = np.where(reach > 0, lows - reach, features.min(axis=0))
    return lows, np.where(reach > 0, highs + reach, features.max(axis=0))
