"""From validated inputs to logged predictions. Knows no HTTP."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.metrics import Metrics
from backend.model_host import ModelHost
from storage.schema.features import HousingFeatures
from storage.schema.records import ModelManifest, PredictionRecord
from storage.spool import Spool


@dataclass(frozen=True)
class LoggedPredictions:
    """Answers that are safe in the log, all from one model version, in the order of the instances."""

    manifest: ModelManifest
    records: tuple[PredictionRecord, ...]

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
        values = model.predict(np.array([instance.vector() for instance in instances]))
        duration = time.perf_counter() - started
        records = tuple(
            _record(model.manifest, request_id, instance, value)
            for instance, value in zip(instances, values.tolist(), strict=True)
        )
        self._spool.append(records)
        self._metrics.count_predictions(model.manifest.version, len(records), duration)
        return LoggedPredictions(model.manifest, records)


def _record(
    manifest: ModelManifest, request_id: str, instance: HousingFeatures, value: float
) -> PredictionRecord:
    return PredictionRecord(
        request_id=request_id,
        inputs=instance,
        prediction=value,
        model_type=manifest.model_type,
        model_version=manifest.version,
    )
