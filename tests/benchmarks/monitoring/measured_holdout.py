"""The champion's answers to rows that it never saw, and random halves of them."""

import numpy as np

from storage.schema.predictions import LabelledPredictions
from training.dataset.embedded import load_embedded
from training.dataset.splits import split
from training.fitting.fit import answers_with_intervals, fit, fit_intervals, measure
from training.models.candidates import all_candidates, select

CHAMPION = "neighbour_boosting"
THREADS = 2


def fitted_holdout(seed: int) -> LabelledPredictions:
    """Fit the champion as a training does (a few minutes), and let it answer the test part."""
    splits = split(load_embedded(), seed)
    (candidate,) = select(all_candidates(seed, THREADS), (CHAMPION,))
    fitted = fit(candidate, splits.train, splits.validation, THREADS)
    intervals = fit_intervals(fitted, splits, seed)
    test = splits.test.open()
    (measured,) = measure([fitted], test)
    return answers_with_intervals(measured, intervals, test)


def halves(
    holdout: LabelledPredictions, seed: int
) -> tuple[LabelledPredictions, LabelledPredictions]:
    """Return two random halves."""
    order = np.random.default_rng(seed).permutation(len(holdout))
    return holdout.only(order[: len(order) // 2]), holdout.only(order[len(order) // 2 :])
