"""Turns validated inputs into logged predictions; independent of HTTP."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from backend.contract.predictions import (
    BatchPredictionResponse,
    Contributions,
    InputWarning,
    Interval,
    PredictionResponse,
    RowWarning,
)
from backend.metrics.metrics import Metrics
from backend.serving.model_host import ModelHost
from backend.serving.served_model import ServedModel
from storage.domain.inputs import HousingFeatures
from storage.schema.caller import UNNAMED, Caller
from storage.schema.records import new_id, utc_now
from storage.spool.lines import Answered, Model, Predicted, answer_line, prediction_line
from storage.spool.spool import Spool

Keep = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class ModelAnswers:
    """Predictions of one model version, in the order of the instances, and the seconds they took."""

    model: ServedModel
    predictions: list[Predicted]
    seconds: float

    @property
    def model_type(self) -> str:
        """Of the version that answered."""
        return self.model.manifest.model_type

    @property
    def model_version(self) -> str:
        """The version that answered."""
        return self.model.manifest.version


@dataclass(frozen=True, slots=True)
class ModelAnswer(ModelAnswers):
    """One prediction with its support, from 0 to 1."""

    support: float


@dataclass(frozen=True, slots=True)
class BatchAnswers(ModelAnswers):
    """Predictions with the support of each, and the warnings about those that have any, by their place."""

    supports: list[float]
    warnings: dict[int, list[InputWarning]]


class PredictionService:
    """Predicts, logs and counts, in this order, so that every prediction is logged before it is sent."""

    def __init__(self, host: ModelHost, spool: Spool, metrics: Metrics) -> None:
        self._host = host
        self._spool = spool
        self._metrics = metrics

    @property
    def waits_for_the_disk(self) -> bool:
        """Whether logging waits until the disk has the answer."""
        return self._spool.flushes_answers

    def draft(self, instance: HousingFeatures, caller: Caller = UNNAMED) -> ModelAnswer:
        """Predict for one row; it must not be sent before it is logged.

        Raises
        ------
        ModelUnavailable
            While no model is loaded.
        """
        model = self._host.current()
        started = time.perf_counter()
        inputs = instance.vector()
        value, lower, upper, support = model.answer_one(inputs)
        seconds = time.perf_counter() - started
        predictions = [Predicted(new_id(), inputs, value, lower, upper, caller)]
        return ModelAnswer(model, predictions, seconds, support)

    def log_answered(self, draft: ModelAnswer, answered: Answered, moment: datetime) -> None:
        """Log a draft and its request of a moment as one record, which costs half as much as two.

        Raises
        ------
        SpoolUnavailable
            If it could not be logged.
        """
        version, model_type = draft.model_version, draft.model_type
        line = answer_line(draft.predictions[0], answered, moment, Model(model_type, version))
        self._spool.append_lines(line)
        self._metrics.count_predictions(version, 1, draft.seconds)

    def draft_batch(
        self, instances: Sequence[HousingFeatures], callers: Sequence[Caller]
    ) -> BatchAnswers:
        """Predict for each instance, with what its caller says; otherwise like ``draft``."""
        model = self._host.current()
        started = time.perf_counter()
        inputs = [instance.vector() for instance in instances]
        rows = np.array(inputs)
        answers = model.answer(rows)
        seconds = time.perf_counter() - started
        bounds = (answers.predicted.tolist(), answers.lower.tolist(), answers.upper.tolist())
        predictions = [
            Predicted(new_id(), row, *answer, caller)
            for row, answer, caller in zip(inputs, zip(*bounds, strict=True), callers, strict=True)
        ]
        warnings = model.warnings.of_rows(rows)
        return BatchAnswers(model, predictions, seconds, answers.support.tolist(), warnings)

    def log(self, found: ModelAnswers, request_id: str, keep: Keep = lambda _: None) -> None:
        """Log a draft without its request; ``keep`` has the lines before they are appended.

        Raises
        ------
        SpoolUnavailable
            If it could not be logged.
        """
        model, now = Model(found.model_type, found.model_version), utc_now()
        lines = [prediction_line(each, now, request_id, model) for each in found.predictions]
        joined = b"".join(lines)
        keep(joined)
        self._spool.append_lines(joined)
        self._metrics.count_predictions(model.model_version, len(lines), found.seconds)


def prediction_response(
    found: ModelAnswer, features: HousingFeatures, contributions: Contributions | None = None
) -> PredictionResponse:
    """Return the answer to a request for one row."""
    model, predicted = found.model, found.predictions[0]
    return PredictionResponse(
        prediction=predicted.value,
        interval=interval_of(predicted, model.coverage),
        support=found.support,
        warnings=model.warnings.of(predicted.inputs),
        contributions=contributions,
        prediction_id=predicted.prediction_id,
        model_type=found.model_type,
        model_version=found.model_version,
        input=features,
        reference=predicted.caller.reference,
        metadata=predicted.caller.metadata,
    )


def batch_response(found: BatchAnswers) -> BatchPredictionResponse:
    """Return the answer to a request for several rows."""
    coverage = found.model.coverage
    callers = [predicted.caller for predicted in found.predictions]
    references = [caller.reference for caller in callers]
    metadata = [caller.metadata for caller in callers]
    return BatchPredictionResponse(
        predictions=[predicted.value for predicted in found.predictions],
        intervals=[interval_of(predicted, coverage) for predicted in found.predictions],
        prediction_ids=[predicted.prediction_id for predicted in found.predictions],
        n_predictions=len(found.predictions),
        supports=found.supports,
        warnings=[
            RowWarning(instance=place, field=each.field, message=each.message)
            for place, warnings in found.warnings.items()
            for each in warnings
        ],
        model_type=found.model_type,
        model_version=found.model_version,
        references=references if any(references) else None,
        metadata=metadata if any(metadata) else None,
    )


def interval_of(predicted: Predicted, coverage: float) -> Interval:
    """Return the interval of one answer."""
    return Interval(lower=predicted.lower, upper=predicted.upper, coverage=coverage)
