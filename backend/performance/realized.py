"""Realized error: the error of predictions whose actual values are known.

Pure functions on arrays; all values in the target's unit. With too few rows the answer says so and has no
figures.
"""

import numpy as np
from numpy.typing import ArrayLike

from backend.contract.performance import Degradation, RealizedError
from storage.errors import InvalidInput
from storage.schema.arrays import FloatArray
from storage.schema.estimate import Estimate
from storage.schema.predictions import LabelledPredictions, Predictions
from training.evaluation.bootstrap import estimates, percentile_interval, resampled_means

MINIMUM_ROWS = 100
"""Smallest number of rows for a figure. On the holdout, 95 % intervals of the RMSE contain the true one
in 80 % of samples of 50 rows, 86 % of 100, 92 % of 500: squared errors have long tails."""
DEGRADATION_MARGIN = 0.05
"""Share by which the RMSE must have risen: with many rows, even the smallest rise is significant."""


def paired(
    actual: ArrayLike,
    predicted: ArrayLike,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
) -> LabelledPredictions:
    """Validate and pair the values that a client sent.

    Raises
    ------
    InvalidInput
        If an array is not a list of numbers, lengths differ, or an actual or predicted value is NaN
        or infinite.
    """
    actual, predicted = _finite("actuals", actual), _finite("predictions", predicted)
    missing = np.full(len(predicted), np.nan)
    bounds = [missing if bound is None else _numbers("bounds", bound) for bound in (lower, upper)]
    for name, array in zip(("actuals", "lower", "upper"), (actual, *bounds), strict=True):
        if len(array) != len(predicted):
            raise InvalidInput(
                f"There are {len(predicted)} predictions and {len(array)} {name}; "
                "send one for each prediction, in the same order."
            )
    return Predictions(predicted, *bounds).labelled(actual)


def realized_error(
    rows: LabelledPredictions,
    seed: int,
    minimum_rows: int = MINIMUM_ROWS,
    name: str = "labelled prediction",
) -> RealizedError:
    """Measure the error of rows whose actual values are known; ``name`` says what one is, if they are few.

    rmse = sqrt(mean (p - y)^2), mae = mean |p - y|, bias = mean (p - y),
    r2 = 1 - mean (p - y)^2 / mean (y - mean y)^2, coverage = share of lower <= y <= upper; the intervals
    are bootstrapped (see ``bootstrap.estimates``).

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> actual = random.uniform(1, 4, 500)
    >>> found = realized_error(paired(actual, actual + random.normal(0, 0.4, 500)), seed=0)
    >>> found.rmse.lower < found.rmse.value < found.rmse.upper, found.interval_coverage is None
    (True, True)
    >>> realized_error(paired([2.0], [2.1]), seed=0).reason
    '1 labelled prediction; at least 100 are needed.'
    >>> realized_error(paired([2.0] * 48, [2.1] * 48), seed=0, name="holdout row").reason
    '48 holdout rows; at least 100 are needed.'
    """
    if len(rows) < max(minimum_rows, 2):
        return RealizedError.unknown(_too_few(len(rows), minimum_rows, name), len(rows))
    figures = estimates(_columns(rows), _figures, seed)
    return RealizedError(status="ok", reason=None, rows=len(rows), **figures)


def degradation(
    rows: LabelledPredictions,
    baseline: LabelledPredictions,
    seed: int,
    margin: float = DEGRADATION_MARGIN,
    minimum_rows: int = MINIMUM_ROWS,
) -> Degradation:
    """Compare the error with the holdout of the version that answered.

    Degraded means: the whole 95 % confidence interval of the RMSE's ratio lies above 1 + ``margin``. Both
    sides are resampled, each on its own, since the holdout's RMSE is an estimate too.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> actual, noise = random.uniform(1, 4, 4_000), random.normal(0, 0.4, 4_000)
    >>> holdout = paired(actual, actual + noise)
    >>> worse = paired(actual[:500], actual[:500] + 1.5 * noise[-500:])
    >>> degradation(worse, holdout, seed=0).degraded
    True
    >>> degradation(holdout.only(np.arange(4_000) < 500), holdout, seed=0).degraded
    False
    """
    for part, name in ((rows, "labelled prediction"), (baseline, "holdout row")):
        if len(part) < max(minimum_rows, 2):
            return Degradation.unknown(_too_few(len(part), minimum_rows, name))
    now, then = _error_means(rows, seed), _error_means(baseline, seed + 1)
    rmse_ratio = _ratio(*(np.sqrt(means[:, 0]) for means in (now, then)))
    mae_ratio = _ratio(now[:, 1], then[:, 1])
    if rmse_ratio is None or mae_ratio is None:
        return Degradation.unknown("The holdout's error is zero, so there is no ratio.")
    degraded = rmse_ratio.lower > 1.0 + margin
    return Degradation(
        status="ok",
        reason=_verdict(rmse_ratio, degraded, margin),
        degraded=degraded,
        rmse_ratio=rmse_ratio,
        mae_ratio=mae_ratio,
    )


def _columns(rows: LabelledPredictions) -> FloatArray:
    residuals = rows.residuals
    centred = rows.actual - rows.actual.mean()
    bounded = rows.has_interval
    inside = bounded & rows.is_held
    return np.column_stack(
        [residuals**2, np.abs(residuals), residuals, centred, centred**2, bounded, inside]
    )


def _figures(means: FloatArray) -> dict[str, FloatArray]:
    squared, absolute, bias, centred, centred_squared, bounded, inside = means
    variance = centred_squared - centred**2
    with np.errstate(divide="ignore", invalid="ignore"):
        # An undefined figure is NaN here, and None in the answer.
        r2 = 1.0 - squared / np.where(variance > 1e-12, variance, np.nan)
        coverage = inside / np.where(bounded > 0, bounded, np.nan)
    return {
        "rmse": np.sqrt(squared),
        "mae": absolute,
        "r2": r2,
        "bias": bias,
        "interval_coverage": coverage,
    }


def _error_means(rows: LabelledPredictions, seed: int) -> FloatArray:
    """Return squared and absolute error: the first row as measured, the others resampled."""
    columns = _columns(rows)[:, :2]
    resampled = resampled_means(columns, seed)
    return np.vstack([columns.mean(axis=0), resampled])


def _ratio(now: FloatArray, then: FloatArray) -> Estimate | None:
    if not then.min() > 0:
        return None
    ratios = now / then
    return percentile_interval(float(ratios[0]), ratios[1:])


def _verdict(ratio: Estimate, degraded: bool, margin: float) -> str:
    change = _change(ratio.value)
    between = f"between {ratio.lower:.2f} and {ratio.upper:.2f} times it"
    if degraded:
        return (
            f"The RMSE is {change} ({between}): with 95% confidence more than {margin:.0%} worse."
        )
    return f"The RMSE is {change} ({between}), which is not significantly more than {margin:.0%} worse."


def _change(ratio: float) -> str:
    """Say how far above or below the holdout's an error is.

    Examples
    --------
    >>> _change(1.12), _change(0.997)
    ("12% above the holdout's", "the same as the holdout's")
    """
    amount = f"{abs(ratio - 1):.0%}"
    if amount == "0%":
        return "the same as the holdout's"
    return f"{amount} {'above' if ratio >= 1 else 'below'} the holdout's"


def _too_few(rows: int, minimum_rows: int, name: str) -> str:
    plural = "" if rows == 1 else "s"
    return f"{rows} {name}{plural}; at least {minimum_rows} are needed."


def _numbers(name: str, values: ArrayLike) -> FloatArray:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{name} must be a list of numbers.") from error
    if array.ndim != 1:
        raise InvalidInput(f"{name} must be one list of numbers.")
    return array


def _finite(name: str, values: ArrayLike) -> FloatArray:
    array = _numbers(name, values)
    wrong = np.flatnonzero(~np.isfinite(array))
    if len(wrong):
        raise InvalidInput(f"{name}[{wrong[0]}] is not a finite number.")
    return array
