"""Two versions before the rows that both have in their holdout: who errs less, and where."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.dataset.known_rows import common
from training.dataset.missing import Missing
from training.evaluation.bootstrap import CONFIDENCE, shared_confidence
from training.evaluation.comparison import Comparison, Contest
from training.evaluation.holdout import Holdout
from training.evaluation.slices import Answers
from training.models.intervals import COVERAGE

SMALLEST_COMMON_PART = 30
"""Common rows below which errors are not compared."""


@dataclass(frozen=True)
class ComparedSlice:
    """One segment; ``comparison`` is None with too few rows."""

    kind: str
    name: str
    rows: int
    comparison: Comparison | None


@dataclass(frozen=True)
class HoldoutComparison:
    """The first version's error against the second's: on all common rows, and by segment.

    Attributes
    ----------
    slice_confidence
        Of the interval of each slice: all of them together hold with 95 %.
    """

    total: Comparison
    slice_confidence: float
    slices: tuple[ComparedSlice, ...]


def compare_holdouts(
    first: Holdout, second: Holdout, seed: int, slice_minimum_rows: int
) -> HoldoutComparison | Missing:
    """Compare two versions on the rows that neither learned from; the differences are first - second.

    Versions of one table and one seed have the same holdout. Of two seeds, about a fifth of it is common.

    Parameters
    ----------
    slice_minimum_rows
        Common rows of a segment below which it is not compared.
    """
    here, there = common(_rows(first), _rows(second))
    if len(here) < SMALLEST_COMMON_PART:
        return Missing(
            f"their holdouts have {len(here):,} rows in common, at least {SMALLEST_COMMON_PART} are needed"
        )
    contest = Contest(_answers(first, here), _answers(second, there))
    if not _is_finite(contest):
        return Missing("one of them has answers that are not finite numbers")
    slices = dict(contest.slices())
    judged = sum(len(rows) >= slice_minimum_rows for rows in slices.values())
    confidence = shared_confidence(judged)
    compared = (
        ComparedSlice(
            *kind,
            len(rows),
            rows.compare(seed, confidence) if len(rows) >= slice_minimum_rows else None,
        )
        for kind, rows in slices.items()
    )
    return HoldoutComparison(contest.compare(seed, CONFIDENCE), confidence, tuple(compared))


def _rows(holdout: Holdout) -> NDArray[np.float64]:
    return np.column_stack([holdout.inputs, holdout.actual])


def _answers(holdout: Holdout, rows: NDArray[np.intp]) -> Answers:
    return Answers(
        holdout.inputs[rows],
        holdout.actual[rows],
        holdout.predicted[rows],
        holdout.lower[rows],
        holdout.upper[rows],
        COVERAGE,
    )


def _is_finite(contest: Contest) -> bool:
    answers = np.concatenate([contest.challenger.predicted, contest.champion.predicted])
    return bool(np.isfinite(answers).all())
