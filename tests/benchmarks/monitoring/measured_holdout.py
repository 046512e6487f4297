"""The champion's answers to rows that it never saw, and random halves of them."""

import numpy as np
from numpy.typing import NDArray

from training.dataset.embedded import load_embedded
from training.dataset.splits import split
from training.evaluation.holdout import Holdout
from training.fitting.fit import answers_with_intervals, fit, fit_intervals, measure
from training.models.candidates import all_candidates, select

CHAMPION = "neighbour_boosting"
THREADS = 2


def fitted_holdout(seed: int) -> Holdout:
    """Fit the champion as a training does (a few minutes), and let it answer the test part."""
    splits = split(load_embedded(), seed)
    (candidate,) = select(all_candidates(seed, THREADS), (CHAMPION,))
    fitted = fit(candidate, splits.train, splits.validation, THREADS)
    intervals = fit_intervals(fitted, splits, seed)
    test = splits.test.open()
    (measured,) = measure([fitted], test)
    return Holdout.of(answers_with_intervals(measured, intervals, test))


def halves(holdout: Holdout, seed: int) -> tuple[Holdout, Holdout]:
    """Return two random halves."""
    order = np.random.default_rng(seed).permutation(len(holdout))
    return only(holdout, order[: len(order) // 2]), only(holdout, order[len(order) // 2 :])


def only(holdout: Holdout, rows: NDArray[np.int64]) -> Holdout:
    """Return some rows, by number."""
    return Holdout(
        holdout.inputs[rows],
        holdout.actual[rows],
        holdout.predicted[rows],
        holdout.lower[rows],
        holdout.upper[rows],
    )
