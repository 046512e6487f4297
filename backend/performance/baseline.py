"""What the error of a version's predictions is compared with: its error on the holdout."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from backend.contract.performance import (
    Degradation,
    ErrorSlice,
    EstimatedError,
    RealizedError,
    ResidualHistogram,
)
from backend.performance.estimated import SMALLEST_HOLDOUT, ErrorEstimator, ExpectedLosses
from backend.performance.realized import degradation, realized_error
from backend.performance.slices import SLICE_MINIMUM_ROWS, residual_histogram, worst_slices
from backend.serving.served_model import ServedModel
from storage.schema.arrays import BoolArray, FloatArray
from storage.schema.predictions import LabelledPredictions

SEED = 0
MOST_BASELINES = 4
"""Versions whose baselines are kept: the one that serves, and those that somebody looks back at."""
NO_HOLDOUT = (
    "This version was trained before holdouts were stored; the next trained version will have one."
)


@dataclass(frozen=True)
class JudgedVersion:
    """The version whose predictions are measured, serving or not.

    Attributes
    ----------
    holdout
        What its error is compared with; None if it has none, and ``missing`` says why.
    coverage
        The share of actual values that its intervals should contain.
    """

    version: str
    holdout: LabelledPredictions | None
    coverage: float
    missing: str = NO_HOLDOUT

    @classmethod
    def serving(cls, model: ServedModel) -> "JudgedVersion":
        """Return the version of a model that is loaded."""
        return cls(model.manifest.version, model.holdout, model.coverage)


@dataclass(frozen=True)
class Baseline:
    """The holdout of a version, its error there, and the estimator of the error elsewhere."""

    rows: LabelledPredictions
    realized: RealizedError
    estimator: ErrorEstimator

    def only(self, chosen: Callable[[FloatArray], BoolArray]) -> "Baseline":
        """Return the error of the rows whose inputs (n, k) are chosen; the estimator stays that of all."""
        rows = self.rows.only(chosen(self.rows.inputs))
        return replace(self, rows=rows, realized=realized_error(rows, SEED, SLICE_MINIMUM_ROWS))

    def degradation(
        self, rows: LabelledPredictions, margin: float, minimum_rows: int
    ) -> Degradation:
        """Compare the error of labelled rows with the holdout's."""
        return degradation(rows, self.rows, SEED, margin, minimum_rows)

    def losses(self, rows: LabelledPredictions) -> ExpectedLosses:
        """Return the losses that are expected of rows, labelled or not."""
        return self.estimator.expected_losses(rows)

    def estimated(
        self, losses: ExpectedLosses | None, chosen: BoolArray, margin: float
    ) -> EstimatedError:
        """Estimate the error of the chosen rows from the losses of all."""
        if losses is None:
            raise ValueError("The losses are those of another baseline.")
        return self.estimator.estimate(losses.only(chosen), margin)

    def slices(self, rows: LabelledPredictions) -> list[ErrorSlice]:
        """Return the error of labelled rows by segment, the worst first."""
        return worst_slices(rows, self.rows, SEED)

    def residuals(self, rows: LabelledPredictions) -> ResidualHistogram | None:
        """Return the distribution of the residuals beside the holdout's; None without labelled rows."""
        return residual_histogram(rows, self.rows) if len(rows) else None


@dataclass(frozen=True)
class NoBaseline:
    """Why a version has nothing that its error can be compared with; every comparison says so."""

    reason: str
    realized: None = None

    def only(self, chosen: Callable[[FloatArray], BoolArray]) -> Self:
        """Return the same: there are no rows to choose from."""
        return self

    def degradation(
        self, rows: LabelledPredictions, margin: float, minimum_rows: int
    ) -> Degradation:
        """Say why nothing is compared."""
        return Degradation.unknown(self.reason)

    def losses(self, rows: LabelledPredictions) -> None:
        """Return none."""

    def estimated(
        self, losses: ExpectedLosses | None, chosen: BoolArray, margin: float
    ) -> EstimatedError:
        """Say why nothing is estimated."""
        return EstimatedError.unknown(self.reason, int(chosen.sum()))

    def slices(self, rows: LabelledPredictions) -> list[ErrorSlice]:
        """Return none."""
        return []

    def residuals(self, rows: LabelledPredictions) -> None:
        """Return none."""


class Baselines:
    """Caches the baselines of a few versions: each takes half a second to compute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, Baseline | NoBaseline] = {}

    def of(self, judged: JudgedVersion) -> Baseline | NoBaseline:
        """Return the baseline of a version's error, or why it has none."""
        with self._lock:
            # Kept again at the end: the one that was not asked for longest goes first.
            kept = self._kept.pop(judged.version, None)
            self._kept[judged.version] = kept = kept or _make_baseline(judged)
            for version in [*self._kept][:-MOST_BASELINES]:
                del self._kept[version]
            return kept


def _make_baseline(judged: JudgedVersion) -> Baseline | NoBaseline:
    holdout = judged.holdout
    if holdout is None:
        return NoBaseline(judged.missing)
    if len(holdout) < SMALLEST_HOLDOUT:
        return NoBaseline(
            f"The test part of this version's training had {len(holdout)} rows; at least "
            f"{SMALLEST_HOLDOUT} are needed to judge later errors by it."
        )
    return Baseline(holdout, realized_error(holdout, SEED), ErrorEstimator(holdout, SEED))
