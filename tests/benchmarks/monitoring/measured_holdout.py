"""The champion's answers to rows that it never saw, and random halves of them."""

from dataclasses import dataclass

import numpy as np

from storage.schema.arrays import FloatArray
from storage.schema.predictions import LabelledPredictions, Predictions
from training.dataset.embedded import load_embedded
from training.dataset.splits import Part, split
from training.fitting.fit import fit, fit_intervals
from training.models.candidates import all_candidates, select
from training.models.intervals import PriceIntervals
from training.models.price_pipeline import PricePipeline

CHAMPION = "neighbour_boosting"
THREADS = 2


@dataclass(frozen=True)
class FittedChampion:
    """The champion, its intervals, and the test part with its features and answers."""

    pipeline: PricePipeline
    intervals: PriceIntervals
    test: Part
    features: FloatArray
    predicted: FloatArray


def fitted_champion(seed: int) -> FittedChampion:
    """Fit the champion and its intervals as a training does (a few minutes), and ask about the test part."""
    splits = split(load_embedded(), seed)
    (candidate,) = select(all_candidates(seed, THREADS), (CHAMPION,))
    fitted = fit(candidate, splits.train, splits.validation, THREADS)
    intervals = fit_intervals(fitted, splits, seed)
    test, pipeline = splits.test.open(), fitted.pipeline
    features = pipeline.features(test.inputs)
    return FittedChampion(pipeline, intervals, test, features, pipeline.prices(features))


def fitted_holdout(seed: int) -> LabelledPredictions:
    """Return the champion's answers to the test part, with their intervals."""
    champion = fitted_champion(seed)
    test, predicted = champion.test, champion.predicted
    lower, upper = champion.intervals.bounds(champion.features, test.inputs, predicted)
    return Predictions(predicted, lower, upper).labelled(test.targets, test.inputs)


def halves(
    holdout: LabelledPredictions, seed: int
) -> tuple[LabelledPredictions, LabelledPredictions]:
    """Return two random halves."""
    order = np.random.default_rng(seed).permutation(len(holdout))
    return holdout.only(order[: len(order) // 2]), holdout.only(order[len(order) // 2 :])
