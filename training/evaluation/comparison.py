"""Comparing two models on the same rows: the difference of their errors, overall and by segment."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.schema.arrays import FloatArray
from storage.schema.estimate import Estimate
from storage.schema.predictions import LabelledPredictions
from training.evaluation.bootstrap import CONFIDENCE, paired_rmse_difference
from training.evaluation.metrics import rmse
from training.evaluation.slices import named_segments, quarter_edges


@dataclass(frozen=True)
class ComparisonFigures:
    """Both models' errors on the same rows, in the target's unit.

    Attributes
    ----------
    difference
        RMSE of the challenger minus the champion's, with its paired interval: below zero, it is better.
    confidence
        Of that interval, between 0 and 1.
    """

    rows: int
    challenger_rmse: float
    champion_rmse: float
    difference: Estimate
    confidence: float

    @property
    def is_better(self) -> bool:
        """Whether the challenger's error is significantly lower."""
        return self.difference.upper < 0.0

    def is_worse(self, limit: float) -> bool:
        """Whether the challenger's error is significantly higher, by more than this share of the champion's.

        If an answer is not finite, the challenger counts as worse.
        """
        return not (self.difference.lower <= 0.0 or self.difference.value <= self.allowed(limit))

    def stays_within(self, limit: float) -> bool:
        """Whether the RMSE is shown to rise by no more than this share of the champion's."""
        return self.difference.upper <= self.allowed(limit)

    def allowed(self, limit: float) -> float:
        """Return a share of the champion's RMSE, in the target's unit."""
        return limit * self.champion_rmse


@dataclass(frozen=True)
class Comparison:
    """The answers of challenger and champion to the same rows.

    Raises
    ------
    ValueError
        If the rows differ.
    """

    challenger: LabelledPredictions
    champion: LabelledPredictions

    def __post_init__(self) -> None:
        same_inputs = np.array_equal(self.challenger.inputs, self.champion.inputs, equal_nan=True)
        if not (same_inputs and np.array_equal(self.challenger.actual, self.champion.actual)):
            raise ValueError("Challenger and champion answered different rows.")

    def __len__(self) -> int:
        return len(self.challenger)

    def only(self, rows: NDArray[np.bool_]) -> "Comparison":
        """Return the rows where the mask (n,) is true."""
        return Comparison(self.challenger.only(rows), self.champion.only(rows))

    def measure(
        self, seed: int, confidence: float = CONFIDENCE, weights: FloatArray | None = None
    ) -> ComparisonFigures:
        """Compare the errors, of weighted rows (n,) if there are weights; see ``paired_rmse_difference``.

        There must be a row.
        """
        actual = self.challenger.actual
        challenger, champion = self.challenger.predicted, self.champion.predicted
        return ComparisonFigures(
            rows=len(self),
            challenger_rmse=_rmse(actual, challenger, weights),
            champion_rmse=_rmse(actual, champion, weights),
            difference=paired_rmse_difference(
                actual, challenger, champion, seed, confidence, weights
            ),
            confidence=confidence,
        )

    def slices(self) -> Iterator[tuple[tuple[str, str], "Comparison"]]:
        """Yield the segments that have rows, by kind and name."""
        inputs = self.challenger.inputs
        for kind, rows in named_segments(inputs, quarter_edges(inputs)).items():
            if rows.any():
                yield kind, self.only(rows)


def _rmse(actual: FloatArray, predicted: FloatArray, weights: FloatArray | None) -> float:
    # ``evaluate`` raises on values that are not finite; here such a model loses, but the retraining goes on.
    if not np.isfinite(predicted).all():
        return float("inf")
    if weights is None:
        return rmse(actual, predicted)
    return float(np.sqrt(np.average((predicted - actual) ** 2, weights=weights)))
