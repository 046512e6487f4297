"""The members of a blend beside their trees: lines, scales and weights, and the answer they add up to."""

from typing import NamedTuple

import numpy as np

from storage.schema.arrays import BoolArray, FloatArray
from training.kernels.compiled import compiled


class BlendArrays(NamedTuple):
    """What makes one answer of m members' sums of trees.

    Attributes
    ----------
    weights
        Shape (m,), adding up to 1.
    slopes, lows, highs, intercepts
        Shape (m, k), the last (m,): the lines that trees stand on, 0 where there is none; a value below its
        low or above its high counts as that.
    are_logs, shifts, highest, factors
        Shape (m,): see ``TargetScale``.
    """

    weights: FloatArray
    slopes: FloatArray
    lows: FloatArray
    highs: FloatArray
    intercepts: FloatArray
    are_logs: BoolArray
    shifts: FloatArray
    highest: FloatArray
    factors: FloatArray


def straight_line(slopes: FloatArray, intercept: float) -> BlendArrays:
    """Return the one member of a model that is a line and nothing else; slopes have shape (k,)."""
    return BlendArrays(
        weights=np.ones(1),
        slopes=slopes.reshape(1, -1),
        lows=np.full((1, len(slopes)), -np.inf),
        highs=np.full((1, len(slopes)), np.inf),
        intercepts=np.array([intercept]),
        are_logs=np.zeros(1, np.bool_),
        shifts=np.zeros(1),
        highest=np.zeros(1),
        factors=np.ones(1),
    )


@compiled
def blend(features: FloatArray, sums: FloatArray, known: BlendArrays, answers: FloatArray) -> None:
    """Fill answers (n,) from features (n, at least k) and the members' sums of trees (n, m)."""
    for row in range(features.shape[0]):
        answer = 0.0
        for member in range(known.weights.shape[0]):
            value = sums[row, member] + known.intercepts[member]
            for column in range(known.slopes.shape[1]):
                low, high = known.lows[member, column], known.highs[member, column]
                value += known.slopes[member, column] * min(max(features[row, column], low), high)
            if known.are_logs[member]:
                value = min(value, known.highest[member])
                value = known.factors[member] * np.exp(value) - known.shifts[member]
            answer += known.weights[member] * value
        answers[row] = answer
