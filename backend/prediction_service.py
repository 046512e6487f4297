"""From validated inputs to logged predictions. Knows no HTTP."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.metrics import Metrics
from backend.model_host import ModelHost
from backend.served_model import ServedModel
from storage.schema.features import HousingFeatures
from storage.schema.records import new_id, utc_now
from storage.spool import Spool
from storage.spool_lines import Predicted, prediction_line


@dataclass(frozen=True, slots=True)
class LoggedPredictions:
    """Answers that are safe in the log, all from one model version, in the order of the instances."""

    model: ServedModel
    predictions: list[Predicted]

    @property
    def model_type(self) -> str:
        """Of the version that answered."""
        return self.model.manifest.model_type

    @property
    def model_version(self) -> str:
        """The version that answered."""
        return self.model.manifest.version


@dataclass(frozen=True, slots=True)
class LoggedPrediction(LoggedPredictions):
    """One such answer with its support, from 0 to 1."""

    support: float


class PredictionService:
    """Predicts, logs, counts; in this order, so that nothing unlogged is ever answered."""

    def __init__(self, host: ModelHost, spool: Spool, metrics: Metrics) -> None:
        self._host = host
        self._spool = spool
        self._metrics = metrics

    def predict(self, instance: HousingFeatures, request_id: str) -> LoggedPrediction:
        """Predict one price and log the answer before returning it.

        Raises
        ------
        ModelUnavailable
            While no model is loaded.
        SpoolUnavailable
            If the answer could not be logged.
        """
        model = self._host.current()
        started = time.perf_counter()
        inputs = instance.vector()
        price, lower, upper, support = model.answer_one(inputs)
        duration = time.perf_counter() - started
        predictions = [Predicted(new_id(), inputs, price, lower, upper)]
        self._log(model, predictions, request_id, duration)
        return LoggedPrediction(model, predictions, support)

    def predict_batch(
        self, instances: Sequence[HousingFeatures], request_id: str
    ) -> LoggedPredictions:
        """Predict the price of each instance; the rest is as in ``predict``."""
        model = self._host.current()
        started = time.perf_counter()
        inputs = [instance.vector() for instance in instances]
        answers = model.answer(np.array(inputs))
        duration = time.perf_counter() - started
        bounds = (answers.values.tolist(), answers.lower.tolist(), answers.upper.tolist())
        predictions = [
            Predicted(new_id(), row, *answer)
            for row, answer in zip(inputs, zip(*bounds, strict=True), strict=True)
        ]
        self._log(model, predictions, request_id, duration)
        return LoggedPredictions(model, predictions)

    def _log(
        self, model: ServedModel, predictions: list[Predicted], request_id: str, seconds: float
    ) -> None:
        manifest, now = model.manifest, utc_now()
        lines = [
            prediction_line(each, now, request_id, manifest.model_type, manifest.version)
            for each in predictions
        ]
        self._spool.append_lines(b"".join(lines))
        self._metrics.count_predictions(manifest.version, len(predictions), seconds)
