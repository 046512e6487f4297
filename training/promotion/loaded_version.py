"""A published version for the gate: loaded from its checked files, answering as in the service."""

import statistics
import time
from dataclasses import dataclass
from typing import Self

import numpy as np

from storage.errors import HousingError, ModelIntegrityError
from storage.models.loading import loading
from storage.models.store import INTERVALS, REFERENCE_PROFILE, ModelStore
from storage.schema.arrays import FloatArray
from storage.schema.predictions import LabelledPredictions, Predictions
from training.dataset.splits import Part
from training.models.intervals import PriceIntervals
from training.models.predictor import Predictor, PublicPredictor, compiled_if_equal
from training.models.price_pipeline import PricePipeline
from training.models.reference_profile import ReferenceProfile, ReferenceSearch

WARM_UPS = 5
TIMED_PREDICTIONS = 300
TIMED_SECONDS = 2.0
"""Time limit of the measurement: a slow model needs fewer predictions to be recognized as slow."""


class NotLoadable(Exception):
    """A version cannot be loaded; the message says which one and why."""


@dataclass(frozen=True)
class LoadedVersion:
    """One version.

    Attributes
    ----------
    coverage
        Share of values that its intervals should hold.
    learned
        Its training part.
    """

    version: str
    predictor: Predictor
    coverage: float
    learned: Part

    @classmethod
    def load(cls, store: ModelStore, version: str) -> Self:
        """Load a version.

        Raises
        ------
        RecordNotFound
            If there is no such version.
        ModelIntegrityError
            If a file is missing or does not match its checksum, or this release cannot load it.
        """
        with loading(version):
            pipeline, intervals = store.load(version), store.load(version, INTERVALS)
            profile = ReferenceProfile.from_bytes(store.read(version, REFERENCE_PROFILE))
            loaded = cls.of(version, pipeline, intervals, profile)
            loaded._test()
            return loaded

    @classmethod
    def of(
        cls,
        version: str,
        pipeline: PricePipeline,
        intervals: PriceIntervals,
        profile: ReferenceProfile,
    ) -> Self:
        """Return a version whose parts are loaded already."""
        search = ReferenceSearch(profile)
        compiled = compiled_if_equal(pipeline, intervals, search, profile.background)
        predictor = compiled or PublicPredictor(pipeline, intervals, search)
        learned = Part(profile.inputs, profile.targets)
        return cls(version, predictor, float(intervals.coverage), learned)

    @classmethod
    def load_safely(cls, store: ModelStore, version: str) -> Self:
        """Load a version in a process that a damaged version must not end.

        Raises
        ------
        NotLoadable
            For any error while loading.
        """
        try:
            return cls.load(store, version)
        except Exception as error:
            raise NotLoadable(f"version {version} cannot be loaded ({error})") from error

    def _test(self) -> None:
        answers = self.predictor.answer(np.ascontiguousarray(self.learned.inputs[:1]))
        if not np.isfinite(answers).all():
            raise ModelIntegrityError(f"Version {self.version} answers without a finite number.")

    def answers(self, part: Part) -> LabelledPredictions:
        """Answer the rows of a part."""
        answered = self.predictor.answer(np.ascontiguousarray(part.inputs, dtype=np.float64))
        values, lower, upper, _ = answered.T
        return Predictions(values, lower, upper).labelled(part.targets, part.inputs)

    def latency_microseconds(self, inputs: FloatArray) -> float:
        """Return the median time of one prediction, asked about the rows (n, d), n > 0, one by one."""
        return latency_microseconds(self.predictor, inputs)


def latency_microseconds(predictor: Predictor, inputs: FloatArray) -> float:
    """Return the median time of one prediction, asked about the rows (n, d), n > 0, one by one."""
    rows = np.ascontiguousarray(inputs, dtype=np.float64)
    for number in range(WARM_UPS):
        _seconds_for(predictor, rows, number)
    seconds = [_seconds_for(predictor, rows, 0)]
    while len(seconds) < TIMED_PREDICTIONS and sum(seconds) < TIMED_SECONDS:
        seconds.append(_seconds_for(predictor, rows, len(seconds)))
    return 1e6 * statistics.median(seconds)


def _seconds_for(predictor: Predictor, rows: FloatArray, number: int) -> float:
    row = rows[[number % len(rows)]]
    began = time.perf_counter()
    predictor.answer(row)
    return time.perf_counter() - began


def refusal_of(store: ModelStore, version: str) -> str | None:
    """Return why a version cannot serve; None if it loads, answers, and all its files are right."""
    try:
        store.verify(version)
        LoadedVersion.load(store, version)
    except (HousingError, OSError) as error:
        return str(error)
    return None
