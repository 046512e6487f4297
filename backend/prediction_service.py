"""From validated inputs to logged predictions. Knows no HTTP."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.metrics import Metrics
from backend.model_host import ModelHost
from backend.served_model import Answers, ServedModel
from storage.schema.features import HousingFeatures
from storage.schema.records import ModelManifest, PredictionRecord
from storage.spool import Spool


@dataclass(frozen=True)
class LoggedPredictions:
    """Answers that are safe in the log, all from one model version, in the order of the instances."""

    model: ServedModel
    inputs: NDArray[np.float64]
    answers: Answers
    records: tuple[PredictionRecord, ...]

    @property
    def intervals(self) -> list[tuple[float, float]]:
        """Lower and upper bounds, in units of 100,000 USD."""
        return list(zip(self.answers.lower.tolist(), self.answers.upper.tolist(), strict=True))

    @property
    def manifest(self) -> ModelManifest:
        """The version that answered."""
        return self.model.manifest

    @property
    def values(self) -> list[float]:
        """Prices in units of 100,000 USD."""
        return [record.prediction for record in self.records]

    @property
    def ids(self) -> list[str]:
        """Prediction ids."""
        return [record.prediction_id for record in self.records]


class PredictionService:
    """Predicts, logs, counts; in this order, so that nothing unlogged is ever answered."""

    def __init__(self, host: ModelHost, spool: Spool, metrics: Metrics) -> None:
        self._host = host
        self._spool = spool
        self._metrics = metrics

    def predict(self, instances: Sequence[HousingFeatures], request_id: str) -> LoggedPredictions:
        """Predict the price of each instance and log every answer before returning it.

        Raises
        ------
        ModelUnavailable
            While no model is loaded.
        SpoolUnavailable
            If the answers could not be logged.
        """
        model = self._host.current()
        started = time.perf_counter()
        inputs = np.array([instance.vector() for instance in instances])
        answers = model.answer(inputs)
        duration = time.perf_counter() - started
        records = _records(model.manifest, request_id, instances, answers)
        self._spool.append(records)
        self._metrics.count_predictions(model.manifest.version, len(records), duration)
        return LoggedPredictions(model, inputs, answers, records)


def _records(
    manifest: ModelManifest,
    request_id: str,
    instances: Sequence[HousingFeatures],
    answers: Answers,
) -> tuple[PredictionRecord, ...]:
    columns = (instances, answers.values.tolist(), answers.lower.tolist(), answers.upper.tolist())
    return tuple(
        PredictionRecord(
            request_id=request_id,
            inputs=instance,
            prediction=value,
            interval_lower=lower,
            interval_upper=upper,
            model_type=manifest.model_type,
            model_version=manifest.version,
        )
        for instance, value, lower, upper in zip(*columns, strict=True)
    )
