"""Promises that every model must keep: possible values inside their intervals, rising with what is promised.

Checked on a loaded version, through the same compiled or public predictor that the service uses.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from storage.domain.inputs import FEATURES
from storage.domain.promises import HIGHEST_PREDICTION, RISES, RISING_INPUT
from storage.domain.target import DISPLAY, LOWEST_ANSWER, TARGET_UNIT
from storage.domain.written import figure
from storage.schema.accepted import accepted_bounds
from storage.schema.arrays import FloatArray
from storage.schema.drawn import drawn_rows
from training.models.predictor import Predictor

SMALLEST_FALL = 1e-9
"""A smaller decrease of a mean, as a share of it, is rounding."""
SEED = 0
MOST_ROWS = 20_000
"""Of more rows a drawn part is asked: 400,000 of a large table took two minutes."""
MOST_COMBINED_INPUTS = 10
"""The combinations of more inputs are too many."""


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
    """Check a model on some rows and on every corner of the accepted input ranges.

    Parameters
    ----------
    inputs
        Shape (n, d), n > 0, schema order: rows that it was not fitted on; of many, a drawn part is asked.
    """
    inputs = inputs[drawn_rows(len(inputs), MOST_ROWS, SEED)]
    asked = np.concatenate([inputs, accepted_corners()])
    answers = model.answer(np.ascontiguousarray(asked, dtype=np.float64))
    values, lower, upper = answers[:, 0], answers[:, 1], answers[:, 2]
    of_answers = (_finite(answers), _possible(values), _in_interval(values, lower, upper))
    if RISING_INPUT is None:
        return of_answers
    return (*of_answers, _rises_with(RISING_INPUT, model, inputs))


def accepted_corners() -> FloatArray:
    """Return every combination of the least and the greatest accepted inputs, shape (256, 8).

    Of more than ten inputs, 1,024 combinations drawn at random, the same ones each time.

    Examples
    --------
    >>> accepted_corners().shape
    (256, 8)
    """
    lowest, highest = accepted_bounds()
    if len(lowest) > MOST_COMBINED_INPUTS:
        is_high = np.random.default_rng(0).random((2**MOST_COMBINED_INPUTS, len(lowest))) < 0.5
        return np.where(is_high, highest, lowest)
    bounds = np.transpose([lowest, highest]).tolist()
    return np.array(list(itertools.product(*bounds)), dtype=np.float64)


def _finite(answers: FloatArray) -> Observation:
    broken = int(np.sum(~np.isfinite(answers).all(axis=1)))
    return _observation("finite", len(answers), broken, "are finite numbers")


def _possible(values: FloatArray) -> Observation:
    # Comparisons with NaN are false, so NaN counts as broken.
    is_possible = (values >= LOWEST_ANSWER) & (values <= HIGHEST_PREDICTION)
    broken = int(np.sum(~is_possible))
    told = f"are between {LOWEST_ANSWER:g} and {HIGHEST_PREDICTION:g} ({TARGET_UNIT})"
    return _observation("possible answers", len(values), broken, told)


def _in_interval(values: FloatArray, lower: FloatArray, upper: FloatArray) -> Observation:
    broken = int(np.sum(~((lower <= values) & (values <= upper))))
    return _observation("answer in its interval", len(values), broken, "lie in their interval")


def _rises_with(column: int, model: Predictor, inputs: FloatArray) -> Observation:
    answers = model.predict(np.ascontiguousarray(inputs))
    means = [float(np.mean(model.predict(_raised(inputs, column, by)) - answers)) for by in RISES]
    rounding = SMALLEST_FALL * max(1.0, float(np.mean(np.abs(answers))))
    broken = sum(not mean >= -rounding for mean in means)
    risen, value = FEATURES[column].label.lower(), DISPLAY.label.lower()
    return Observation(
        f"{risen} never lowers the {value}",
        rows=len(means),
        broken=broken,
        sentence=f"{len(means) - broken} of {len(means)} increases of every {risen} keep or raise the "
        f"mean {value}; the smallest change is {figure(min(means), sign='+')} ({TARGET_UNIT})",
    )


def _raised(inputs: FloatArray, column: int, by: float) -> FloatArray:
    raised = np.array(inputs, dtype=np.float64, order="C")
    raised[:, column] = np.minimum(raised[:, column] + by, FEATURES[column].maximum)
    return raised


def _observation(promise: str, rows: int, broken: int, told: str) -> Observation:
    return Observation(promise, rows, broken, f"{rows - broken:,} of {rows:,} answers {told}")
