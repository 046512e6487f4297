"""Comparing two versions on the common rows of their holdouts, overall and by segment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.schema.predictions import LabelledPredictions
from training.dataset.known_rows import common
from training.dataset.missing import Missing
from training.evaluation.bootstrap import CONFIDENCE, shared_confidence
from training.evaluation.comparison import Comparison, ComparisonFigures

SMALLEST_COMMON_PART = 30
"""Common rows below which errors are not compared."""


@dataclass(frozen=True)
class ComparedSlice:
    """One segment; ``figures`` is None with too few rows."""

    kind: str
    name: str
    rows: int
    figures: ComparisonFigures | None


@dataclass(frozen=True)
class HoldoutComparison:
    """The first version's error compared with the second's: on all common rows, and by segment.

    Attributes
    ----------
    slice_confidence
        Confidence of each segment's interval; all of them hold together with 95 %.
    """

    total: ComparisonFigures
    slice_confidence: float
    slices: tuple[ComparedSlice, ...]


def compare_holdouts(
    first: LabelledPredictions, second: LabelledPredictions, seed: int, slice_minimum_rows: int
) -> HoldoutComparison | Missing:
    """Compare two versions on the rows that neither learned from; the differences are first - second.

    Versions of one table and one seed have the same holdout. With two seeds, about a fifth of it is common.

    Parameters
    ----------
    slice_minimum_rows
        Common rows of a segment below which it is not compared.
    """
    here, there = common(_rows(first), _rows(second))
    if len(here) < SMALLEST_COMMON_PART:
        return Missing(
            f"their holdouts have {len(here):,} rows in common; at least {SMALLEST_COMMON_PART} are needed"
        )
    comparison = Comparison(first.only(here), second.only(there))
    if not _is_finite(comparison):
        return Missing("one of them has answers that are not finite numbers")
    slices = dict(comparison.slices())
    judged = sum(len(rows) >= slice_minimum_rows for rows in slices.values())
    confidence = shared_confidence(judged)
    compared = (
        ComparedSlice(
            *kind,
            len(rows),
            rows.measure(seed, confidence) if len(rows) >= slice_minimum_rows else None,
        )
        for kind, rows in slices.items()
    )
    return HoldoutComparison(comparison.measure(seed, CONFIDENCE), confidence, tuple(compared))


def _rows(holdout: LabelledPredictions) -> NDArray[np.float64]:
    return np.column_stack([holdout.inputs, holdout.actual])


def _is_finite(comparison: Comparison) -> bool:
    answers = np.concatenate([comparison.challenger.predicted, comparison.champion.predicted])
    return bool(np.isfinite(answers).all())
