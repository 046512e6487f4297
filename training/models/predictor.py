"""Two predictors with the same answers: one compiled call, or the pipeline's own public ``predict``.

The compiled one is used where it exists and, at load, gave the public answers for the whole reference sample.
"""

import logging
from typing import Protocol

import numpy as np
from sklearn.pipeline import Pipeline

from storage.domain.target import RESOLUTION
from storage.schema.arrays import FloatArray
from training.models.compiled_model import CompiledModel, NotCompilable
from training.models.intervals import PriceIntervals
from training.models.price_pipeline import price_pipeline
from training.models.reference_profile import ReferenceProfile, ReferenceSearch

logger = logging.getLogger(__name__)

LARGEST_DIFFERENCE = 2e-8 * RESOLUTION
"""Largest difference of compiled and public answers, in the target's unit: rounding may differ."""


class Predictor(Protocol):
    """Answers for inputs of shape (n, d), schema order, contiguous float64."""

    def answer(self, inputs: FloatArray) -> FloatArray:
        """Return value, lower and upper bound (in the target's unit) and support, shape (n, 4)."""

    def predict(self, inputs: FloatArray) -> FloatArray:
        """Return values alone, shape (n,), in the target's unit."""


class PublicPredictor:
    """Answers through the public methods of pipeline, intervals and reference search."""

    def __init__(
        self, pipeline: Pipeline, intervals: PriceIntervals, search: ReferenceSearch
    ) -> None:
        self._pipeline = price_pipeline(pipeline)
        self._intervals = intervals
        self._search = search

    def answer(self, inputs: FloatArray) -> FloatArray:
        """Return value, lower and upper bound (in the target's unit) and support, shape (n, 4)."""
        features = self._pipeline.features(inputs)
        values = self._pipeline.prices(features)
        lower, upper = self._intervals.bounds(features, inputs, values)
        return np.column_stack([values, lower, upper, self._search.support(inputs)])

    def predict(self, inputs: FloatArray) -> FloatArray:
        """Return values alone, shape (n,), in the target's unit."""
        return self._pipeline.predict(inputs)


def compiled_if_equal(
    pipeline: Pipeline, intervals: PriceIntervals, search: ReferenceSearch, reference: FloatArray
) -> CompiledModel | None:
    """Return the compiled predictor; None, with the reason in the log, if it must not be used.

    Parameters
    ----------
    reference
        Shape (n, d): the inputs for which compiled and public answers are compared.
    """
    try:
        compiled = CompiledModel(pipeline, intervals, search)
    except NotCompilable as reason:
        logger.info("Answers come from the pipeline's public predict. %s", reason)
        return None
    public = PublicPredictor(pipeline, intervals, search).answer(reference)
    difference = float(np.max(np.abs(compiled.answer(reference) - public)))
    if not difference <= LARGEST_DIFFERENCE:
        logger.error(
            "The compiled model differs from the public predict by %g on the reference data; "
            "answers come from the public predict.",
            difference,
        )
        return None
    return compiled


def as_served(
    pipeline: Pipeline, intervals: PriceIntervals, profile: ReferenceProfile, learned: FloatArray
) -> Predictor:
    """Return the model as the service asks it, before there is a version to load.

    The service does this whenever it loads one. Doing it before stores the machine code on disk, so that the
    service's processes do not each compile it while requests wait. ``learned`` are the rows (n, d) that the
    profile is of.
    """
    search = ReferenceSearch(profile)
    compiled = compiled_if_equal(pipeline, intervals, search, learned)
    return compiled or PublicPredictor(pipeline, intervals, search)
