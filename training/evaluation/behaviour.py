"""Promises that every model must keep: possible prices inside their intervals, never lower for more income.

Checked on a loaded version, through the same compiled or public predictor that the service uses.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from storage.domain.inputs import FEATURES
from storage.domain.promises import HIGHEST_PREDICTION, RISES, RISING_INPUT
from storage.domain.target import TARGET_UNIT
from storage.schema.accepted import accepted_bounds
from storage.schema.arrays import FloatArray
from training.models.predictor import Predictor

SMALLEST_FALL = 1e-9
"""In 100,000 USD; a smaller decrease of a mean is rounding."""


@dataclass(frozen=True)
class Observation:
    """One promise and whether it was kept.

    Attributes
    ----------
    rows, broken
        Rows checked, and rows whose answer broke the promise.
    sentence
        For a person, without a full stop.
    """

    promise: str
    rows: int
    broken: int
    sentence: str

    @property
    def holds(self) -> bool:
        """Whether every answer kept it."""
        return self.broken == 0


def observe(model: Predictor, inputs: FloatArray) -> tuple[Observation, ...]:
    """Check a model on some districts and on every corner of the accepted input ranges.

    Parameters
    ----------
    inputs
        Shape (n, 8), n > 0, schema order: districts that it was not fitted on.
    """
    asked = np.concatenate([inputs, accepted_corners()])
    answers = model.answer(np.ascontiguousarray(asked, dtype=np.float64))
    prices, lower, upper = answers[:, 0], answers[:, 1], answers[:, 2]
    return (
        _finite(answers),
        _possible(prices),
        _in_interval(prices, lower, upper),
        _rises_with_income(model, inputs),
    )


def accepted_corners() -> FloatArray:
    """Return every combination of the least and the greatest accepted inputs, shape (256, 8).

    Examples
    --------
    >>> accepted_corners().shape
    (256, 8)
    """
    bounds = np.transpose(accepted_bounds()).tolist()
    return np.array(list(itertools.product(*bounds)), dtype=np.float64)


def _finite(answers: FloatArray) -> Observation:
    broken = int(np.sum(~np.isfinite(answers).all(axis=1)))
    return _observation("finite", len(answers), broken, "are finite numbers")


def _possible(prices: FloatArray) -> Observation:
    # Comparisons with NaN are false, so NaN counts as broken.
    broken = int(np.sum(~((prices >= 0.0) & (prices <= HIGHEST_PREDICTION))))
    told = f"are between 0 and {HIGHEST_PREDICTION} ({TARGET_UNIT})"
    return _observation("possible prices", len(prices), broken, told)


def _in_interval(prices: FloatArray, lower: FloatArray, upper: FloatArray) -> Observation:
    broken = int(np.sum(~((lower <= prices) & (prices <= upper))))
    return _observation("price in its interval", len(prices), broken, "lie in their interval")


def _rises_with_income(model: Predictor, inputs: FloatArray) -> Observation:
    prices = model.predict(np.ascontiguousarray(inputs))
    means = [float(np.mean(model.predict(_richer(inputs, by)) - prices)) for by in RISES]
    broken = sum(not mean >= -SMALLEST_FALL for mean in means)
    lowest = min(means)
    return Observation(
        "income never lowers the price",
        rows=len(means),
        broken=broken,
        sentence=f"{len(means) - broken} of {len(means)} increases of every income keep or raise the "
        f"mean price; the smallest change is {lowest:+.4f} ({TARGET_UNIT})",
    )


def _richer(inputs: FloatArray, by: float) -> FloatArray:
    richer = np.array(inputs, dtype=np.float64, order="C")
    highest = FEATURES[RISING_INPUT].maximum
    richer[:, RISING_INPUT] = np.minimum(richer[:, RISING_INPUT] + by, highest)
    return richer


def _observation(promise: str, rows: int, broken: int, told: str) -> Observation:
    return Observation(promise, rows, broken, f"{rows - broken:,} of {rows:,} answers {told}")
