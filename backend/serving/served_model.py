"""One loaded model version and its operations."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from backend.drift.detector import DriftDetector
from backend.serving.drift_reference import fitted_detector
from backend.serving.input_warnings import InputWarnings
from storage.domain.inputs import EXAMPLE, HousingFeatures
from storage.errors import ModelIntegrityError
from storage.models.loading import loading
from storage.models.store import HOLDOUT, INTERVALS, REFERENCE_PROFILE, ModelStore
from storage.schema.arrays import FloatArray
from storage.schema.manifest import ModelManifest
from storage.schema.predictions import LabelledPredictions, Predictions
from training.evaluation.explain import Explanation, answer_curve, explain
from training.evaluation.holdout import read_holdout
from training.evaluation.sampled_shapley import explain_by_sampling
from training.models.predictor import Predictor, PublicPredictor, compiled_if_equal
from training.models.reference_profile import ReferenceProfile, ReferenceSearch

MOST_EXACT_INPUTS = 10
"""Beyond, 2^d coalitions are too many to answer within a second."""
ROWS_WORTH_A_THREAD = 512
PARTS_PER_CORE = 4
"""More than one per thread, because some rows take longer than others."""


@dataclass(frozen=True)
class ServedPredictions(Predictions):
    """Predictions with their support, shape (n,), from 0 to 1."""

    support: FloatArray


class ServedModel:
    """Whoever holds the reference keeps answering from this one version."""

    def __init__(
        self,
        manifest: ModelManifest,
        pipeline: Any,
        intervals: Any,
        profile: ReferenceProfile,
        holdout: LabelledPredictions | None,
    ) -> None:
        self.manifest = manifest
        self.profile = profile
        self.holdout = holdout
        self.search = ReferenceSearch(profile)
        self.warnings = InputWarnings(profile)
        self._pipeline = pipeline
        self._intervals = intervals
        compiled = compiled_if_equal(pipeline, intervals, self.search, profile.background)
        self.is_compiled = compiled is not None
        self._predictor: Predictor = compiled or PublicPredictor(pipeline, intervals, self.search)

    @classmethod
    def load(cls, store: ModelStore, version: str) -> Self:
        """Load a version and make its first prediction.

        Raises
        ------
        ModelIntegrityError
            If a file does not match its checksum, it cannot be loaded by this release, or the prediction is
            not a finite number in its interval.
        """
        with loading(version):
            model = cls(
                store.manifest(version),
                store.load(version),
                store.load(version, INTERVALS),
                ReferenceProfile.from_bytes(store.read(version, REFERENCE_PROFILE)),
                _holdout(store, version),
            )
            model._test()
            return model

    @property
    def has_preprocessing(self) -> bool:
        """Whether the pipeline includes its fitted preprocessing."""
        return "preprocessing" in self._pipeline.named_steps

    @property
    def coverage(self) -> float:
        """The share of actual values that the intervals should contain."""
        return float(self._intervals.coverage)

    @cached_property
    def drift_detector(self) -> DriftDetector:
        """The reference for drift; created on first use; its first comparison takes a second or two.

        Predictions are compared with those for the holdout, because a model's predictions for its own
        training rows differ from those for new rows.
        """
        predictions = self.holdout.predicted if self.holdout is not None else None
        return fitted_detector(self.profile.inputs, self.profile.importances, predictions)

    def answer(self, inputs: FloatArray) -> ServedPredictions:
        """Predict values with intervals and support.

        Parameters
        ----------
        inputs
            Shape (n, d), columns in schema order.
        """
        return ServedPredictions(*_on_all_cores(self._predictor.answer, inputs).T)

    def answer_one(self, inputs: list[float]) -> tuple[float, float, float, float]:
        """Return value, lower and upper bound (in the target's unit) and support of a row of inputs."""
        value, lower, upper, support = self._predictor.answer(np.array([inputs]))[0].tolist()
        return value, lower, upper, support

    def predict(self, inputs: FloatArray) -> FloatArray:
        """Predict values alone: inputs (n, d), values (n,) in the target's unit."""
        return _on_all_cores(self._predictor.predict, inputs)

    def explain(self, instance: FloatArray) -> Explanation:
        """Explain the value of one row, shape (8,): exactly up to ten inputs; briefly uses every core."""
        profile = self.profile
        if len(instance) > MOST_EXACT_INPUTS:
            return explain_by_sampling(self.predict, instance, profile.background)
        return explain(self.predict, instance, profile.background, profile.importances)

    def answer_curve(self, instance: FloatArray, column: int, grid: FloatArray) -> FloatArray:
        """Return values along one input with the others fixed, shape (len(grid),)."""
        return answer_curve(self.predict, instance, column, grid)

    def _test(self) -> None:
        try:
            value, lower, upper, _ = self.answer_one(HousingFeatures(**EXAMPLE).vector())
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise ModelIntegrityError(f"Its first prediction failed: {error}.") from error
        if not lower <= value <= upper:
            raise ModelIntegrityError(
                "Its first prediction was not a finite number in its interval."
            )


def _on_all_cores(function: Callable[[FloatArray], FloatArray], inputs: FloatArray) -> FloatArray:
    """Apply a function to rows, using several threads for many rows."""
    inputs = np.ascontiguousarray(inputs, dtype=np.float64)
    if len(inputs) < ROWS_WORTH_A_THREAD:
        return function(inputs)
    # Threads are enough: features and trees run as machine code that releases the interpreter lock.
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        parts = np.array_split(inputs, PARTS_PER_CORE * cores)
        return np.concatenate(list(pool.map(function, parts)))


def _holdout(store: ModelStore, version: str) -> LabelledPredictions | None:
    # Versions trained before holdouts were stored can still serve, but have no baseline.
    if HOLDOUT not in store.manifest(version).checksums:
        return None
    return read_holdout(store.read(version, HOLDOUT))
