"""What a model predicted, as arrays: one family of tables for training, service and monitoring.

All values are in the target's unit, and every array of a table has a row for each prediction.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from storage.schema.arrays import BoolArray, FloatArray, IndexArray


@dataclass(frozen=True)
class Predictions:
    """Predicted values with their intervals.

    Attributes
    ----------
    predicted, lower, upper
        Shape (n,); a bound is NaN where there is no interval.
    """

    predicted: FloatArray
    lower: FloatArray
    upper: FloatArray

    def __len__(self) -> int:
        return len(self.predicted)

    @property
    def has_interval(self) -> BoolArray:
        """Whether each row (n,) has both bounds."""
        return np.isfinite(self.lower) & np.isfinite(self.upper)

    def only(self, rows: BoolArray | IndexArray) -> Self:
        """Return the rows where the mask (n,) is true, or those at the given indices, in that order."""
        return type(self)(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    def labelled(
        self, actual: FloatArray, inputs: FloatArray | None = None
    ) -> "LabelledPredictions":
        """Add the actual values, shape (n,), and the inputs (n, d) where they are known."""
        return LabelledPredictions(
            inputs=np.empty((len(self), 0)) if inputs is None else inputs,
            actual=actual,
            predicted=self.predicted,
            lower=self.lower,
            upper=self.upper,
        )


@dataclass(frozen=True, kw_only=True)
class LabelledPredictions(Predictions):
    """Predictions with their inputs and actual values.

    Attributes
    ----------
    inputs
        Shape (n, d), columns in schema order; (n, 0) where only the values are known.
    actual
        Shape (n,); NaN where it is not yet known.
    """

    inputs: FloatArray
    actual: FloatArray

    @property
    def residuals(self) -> FloatArray:
        """Predicted minus actual: above zero, the prediction was too high."""
        return self.predicted - self.actual

    @property
    def is_labelled(self) -> BoolArray:
        """Whether each row (n,) has its actual value."""
        return np.isfinite(self.actual)

    @property
    def is_held(self) -> BoolArray:
        """Whether each actual value (n,) lies in its interval; false where there is none."""
        return (self.lower <= self.actual) & (self.actual <= self.upper)
