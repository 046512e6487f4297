"""What the champion does without a service around it: the pipeline's own rate, and one prediction."""

import time

import numpy as np
from sklearn.pipeline import Pipeline

from backend.serving.served_model import ServedModel
from storage.domain.inputs import HousingFeatures
from storage.models.store import ModelStore
from storage.schema.arrays import FloatArray

WARM_UP = 50


class InProcess:
    """The champion, loaded in this process."""

    def __init__(self, store: ModelStore) -> None:
        version = store.champion().version
        self._pipeline: Pipeline = store.load(version)
        self._model = ServedModel.load(store, version)

    def predictions(self, inputs: FloatArray) -> FloatArray:
        """Return what the pipeline's public ``predict`` answers, shape (n,)."""
        return np.asarray(self._pipeline.predict(inputs))

    def rows_per_second(self, inputs: FloatArray, repeats: int) -> float:
        """Return the median rate of the pipeline's public ``predict`` on these rows at once."""
        times = []
        for _ in range(repeats):
            started = time.perf_counter()
            self._pipeline.predict(inputs)
            times.append(time.perf_counter() - started)
        return len(inputs) / float(np.median(times))

    def one_prediction_microseconds(self, inputs: FloatArray) -> float:
        """Return the median time of one prediction: features, interval, support and warnings included."""
        instances = [HousingFeatures.of(row) for row in inputs.tolist()]
        times = []
        for instance in instances:
            started = time.perf_counter()
            self._predict_one(instance)
            times.append(time.perf_counter() - started)
        return float(np.median(times[WARM_UP:]) * 1e6)

    def _predict_one(self, instance: HousingFeatures) -> None:
        # What a request does between its validated body and its record.
        inputs = instance.vector()
        self._model.answer_one(inputs)
        self._model.warnings.of(inputs)
