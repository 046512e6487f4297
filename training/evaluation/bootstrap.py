"""Bootstrap confidence intervals: how much a figure would vary with other rows."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from storage.schema.arrays import FloatArray
from storage.schema.estimate import Estimate

Figures = Callable[[FloatArray], Mapping[str, FloatArray]]

REPEATS = 1_000
PAIRED_REPEATS = 4_000
"""More, because simultaneous intervals of many segments need outer quantiles."""
MOST_GROUPS = 200
"""Above this many rows, groups of rows are resampled instead, so the time stays the same."""
CONFIDENCE = 0.95


def estimates(
    columns: FloatArray, figures: Figures, seed: int, confidence: float = CONFIDENCE
) -> dict[str, Estimate | None]:
    """Return figures of the columns' means with bias-corrected and accelerated bootstrap intervals.

    The figures of squared errors are skewed: their plain percentile intervals end too low. The BCa interval
    takes the resampled values' quantiles at Phi(z0 + (z0 + z) / (1 - a (z0 + z))), where z0 is the normal
    quantile of the share of resampled values below the figure, and a the skewness of its jackknife values
    divided by 6.

    Parameters
    ----------
    columns
        Shape (n, k), n > 1.
    figures
        Computes named figures from means of shape (k, m), each of shape (m,).
    seed
        The same seed gives the same result.

    Returns
    -------
    dict
        None for a figure that is not finite.

    References
    ----------
    Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical Association
    82, 171-185.

    Examples
    --------
    >>> rows = np.random.default_rng(1).normal(3.0, 1.0, size=(400, 1))
    >>> mean = estimates(rows, lambda means: {"mean": means[0]}, seed=0)["mean"]
    >>> round(mean.upper - mean.lower, 1)  # 2 x 1.96 / sqrt(400)
    0.2
    """
    sums, sizes = _groups(columns, np.random.default_rng(seed))
    measured = figures(columns.mean(axis=0)[:, None])
    resampled = figures(_resampled(sums, sizes, seed, REPEATS).T)
    left_out = figures(((sums.sum(axis=0) - sums) / (sizes.sum() - sizes)[:, None]).T)
    return {
        name: _corrected(float(value[0]), resampled[name], left_out[name], confidence)
        for name, value in measured.items()
    }


def resampled_means(columns: FloatArray, seed: int, repeats: int = REPEATS) -> FloatArray:
    """Return the columns' means over resamples of the rows, drawn with replacement.

    Rows beyond 200 are first dealt at random into 200 groups of (nearly) one size, and groups are drawn: a
    group's sum has the variance of its rows' sum, so the means vary as much as with single rows.

    Parameters
    ----------
    columns
        Shape (n, k), n > 0.

    Returns
    -------
    ndarray of shape (repeats, k)

    References
    ----------
    Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap. Chapters 6 and 13.

    Examples
    --------
    >>> rows = np.random.default_rng(1).normal(size=(10_000, 1))
    >>> spread = resampled_means(rows, seed=0).std()
    >>> bool(0.009 < spread < 0.011)
    True
    """
    sums, sizes = _groups(columns, np.random.default_rng(seed))
    return _resampled(sums, sizes, seed, repeats)


def percentile_interval(
    value: float, resampled: FloatArray, confidence: float = CONFIDENCE
) -> Estimate:
    """Return a figure with the middle part of its resampled values (repeats,).

    Examples
    --------
    >>> found = percentile_interval(1.0, np.linspace(0.0, 2.0, 201), confidence=0.9)
    >>> round(found.lower, 2), round(found.upper, 2)
    (0.1, 1.9)
    """
    tail = (1.0 - confidence) / 2
    lower, upper = np.quantile(resampled, [tail, 1.0 - tail])
    return Estimate(value, float(lower), float(upper))


def paired_rmse_difference(
    actual: FloatArray,
    challenger: FloatArray,
    champion: FloatArray,
    seed: int,
    confidence: float = CONFIDENCE,
    weights: FloatArray | None = None,
) -> Estimate:
    """Return RMSE(challenger) - RMSE(champion) with its percentile interval; below zero is better.

    Both are measured on the same resampled rows, so the difficulty of a row affects both and only the
    difference between the models varies. With d = (challenger error)^2 - (champion error)^2 of a row, each
    resample gives sqrt(mean(champion error^2) + mean(d)) - sqrt(mean(champion error^2)): exactly zero for
    equal answers. With weights w, mean(x) is sum(w x) / sum(w) of the resample, so how much they vary counts
    too, though not how uncertain they are themselves.
    Beyond 200 rows, groups are resampled (see ``resampled_means``).

    Parameters
    ----------
    actual, challenger, champion
        Shape (n,), n > 0, in one unit: the values, and both models' answers.
    confidence
        Share of such intervals that hold the true difference, between 0 and 1.
    weights
        Shape (n,), above 0; None: all rows count the same.

    Raises
    ------
    ValueError
        Without a row.

    References
    ----------
    Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap. Chapters 8 and 13.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> actual = random.normal(2.0, 1.0, 4_000)
    >>> champion = actual + random.normal(0.0, 0.50, 4_000)
    >>> found = paired_rmse_difference(actual, actual + 0.9 * (champion - actual), champion, seed=0)
    >>> round(found.value, 2), found.upper < 0.0
    (-0.05, True)
    >>> paired_rmse_difference(actual, champion, champion, seed=0)
    Estimate(value=0.0, lower=0.0, upper=0.0)
    >>> worse_above_2 = np.where(actual > 2.0, 1.1, 0.9) * (champion - actual) + actual
    >>> above_2 = paired_rmse_difference(actual, worse_above_2, champion, 0, weights=actual > 2.0)
    >>> round(above_2.value, 2)
    0.05
    """
    squares = (champion - actual) ** 2
    every = np.ones(len(actual)) if weights is None else weights
    columns = np.column_stack([squares, (challenger - actual) ** 2 - squares, np.ones(len(actual))])
    columns *= every[:, None]
    value = float(_rmse_differences(columns.mean(axis=0, keepdims=True))[0])
    resampled = _rmse_differences(resampled_means(columns, seed, PAIRED_REPEATS))
    return percentile_interval(value, resampled, confidence)


def shared_confidence(count: int) -> float:
    """Return the confidence of each of several intervals that together hold with 95 %: 1 - 0.05 / k.

    Bonferroni's inequality: of k statements that each fail with chance 0.05 / k, one fails with 0.05 at most.

    Examples
    --------
    >>> shared_confidence(1), round(shared_confidence(18), 4)
    (0.95, 0.9972)
    """
    return 1.0 - (1.0 - CONFIDENCE) / max(count, 1)


def _rmse_differences(means: FloatArray) -> FloatArray:
    champion, difference = means[:, :2].T / means[:, 2]
    # Rounding may put a perfect challenger slightly below zero.
    differences: FloatArray = np.sqrt(np.maximum(champion + difference, 0.0)) - np.sqrt(champion)
    return differences


def _resampled(sums: FloatArray, sizes: NDArray[np.int64], seed: int, repeats: int) -> FloatArray:
    weights = _weights(len(sizes), seed, repeats)
    means: FloatArray = (weights @ sums) / (weights @ sizes)[:, None]
    return means


@lru_cache(maxsize=4)
def _weights(count: int, seed: int, repeats: int) -> FloatArray:
    """Return how often each row or group is drawn in each resample, shape (repeats, count), read-only."""
    # Cached, because drawing takes most of the time, and many segments use the same draws.
    random = np.random.default_rng(seed)
    drawn = random.integers(0, count, (repeats, count)) + np.arange(repeats)[:, None] * count
    counted = np.bincount(drawn.ravel(), minlength=repeats * count)
    weights = counted.reshape(repeats, count).astype(np.float64)
    weights.flags.writeable = False
    return weights


def _corrected(
    value: float, resampled: FloatArray, left_out: FloatArray, confidence: float
) -> Estimate | None:
    # A resample in which the figure is undefined (one value only) is left out.
    resampled, left_out = resampled[np.isfinite(resampled)], left_out[np.isfinite(left_out)]
    if not np.isfinite(value) or not len(resampled) or not len(left_out):
        return None
    centre = ndtri(np.clip(_share_below(resampled, value), 0.01, 0.99))
    distances = left_out.mean() - left_out
    spread = float(np.sum(distances**2))
    skewness = float(np.sum(distances**3)) / (6.0 * spread**1.5) if spread > 0 else 0.0
    tail = (1.0 - confidence) / 2
    shifted = centre + ndtri([tail, 1.0 - tail])
    quantiles = ndtr(centre + shifted / np.maximum(1.0 - skewness * shifted, 0.1))
    lower, upper = np.quantile(resampled, quantiles)
    return Estimate(value, float(min(lower, value)), float(max(upper, value)))


def _share_below(resampled: FloatArray, value: float) -> float:
    # Equal values count half: a coverage takes few values, so ties are common.
    return float(np.mean(resampled < value) + np.mean(resampled == value) / 2)


def _groups(
    columns: FloatArray, random: np.random.Generator
) -> tuple[FloatArray, NDArray[np.int64]]:
    rows = len(columns)
    if rows <= MOST_GROUPS:
        return columns, np.ones(rows, dtype=np.int64)
    starts = np.arange(MOST_GROUPS) * rows // MOST_GROUPS
    sums = np.add.reduceat(columns[random.permutation(rows)], starts, axis=0)
    return sums, np.diff([*starts, rows])
