"""The rise of the mean absolute error and its interval. Pure; all figures in the target's unit."""

import math

import numpy as np
from scipy import stats

from storage.schema.arrays import FloatArray
from storage.schema.estimate import Estimate
from training.evaluation.bootstrap import CONFIDENCE

NORMAL = float(stats.norm.ppf((1.0 + CONFIDENCE) / 2))


def mean_of(values: FloatArray) -> Estimate:
    """Return the mean of values (n,), n >= 2, and its normal interval: mean +- 1.96 s / sqrt(n).

    Examples
    --------
    >>> found = mean_of(np.tile([0.1, 0.3], 200))
    >>> round(found.value, 3), round(found.lower, 3), round(found.upper, 3)
    (0.2, 0.19, 0.21)
    """
    mean = float(np.mean(values))
    half = NORMAL * float(values.std(ddof=1)) / math.sqrt(len(values))
    return Estimate(mean, mean - half, mean + half)


def rise(now: Estimate, before: Estimate) -> Estimate:
    """Return ``now`` minus ``before`` with its interval: the method of variance estimates recovery.

    With d = a - b, the bounds are d - sqrt((a - l_a)^2 + (u_b - b)^2) and d + sqrt((u_a - a)^2 + (b - l_b)^2)
    for the bounds l and u of each. That is for two independent figures. An estimate that was learned from the
    holdout moves with it, so that this interval is wider than it need be.

    References
    ----------
    Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures: a general
    approach. Statistics in Medicine 27, 1693-1702.

    Examples
    --------
    >>> found = rise(Estimate(0.30, 0.26, 0.36), Estimate(0.20, 0.17, 0.23))
    >>> round(found.value, 3), round(found.lower, 3), round(found.upper, 3)
    (0.1, 0.05, 0.167)
    """
    change = now.value - before.value
    below = math.hypot(now.value - now.lower, before.upper - before.value)
    above = math.hypot(now.upper - now.value, before.value - before.lower)
    return Estimate(change, change - below, change + above)


def times(figure: Estimate, factor: float) -> Estimate:
    """Return a figure and its interval, each times a factor that is not below zero.

    >>> times(Estimate(0.1, -0.05, 0.2), 100.0)
    Estimate(value=10.0, lower=-5.0, upper=20.0)
    """
    return Estimate(figure.value * factor, figure.lower * factor, figure.upper * factor)
