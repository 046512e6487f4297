"""Fit candidates on the training part, choose on validation, fit the winner on both, measure once on test."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import clone

from storage.schema.arrays import FloatArray
from storage.schema.predictions import LabelledPredictions, Predictions
from training.boosters.library_trees import LibraryTrees
from training.dataset.splits import Part, Splits
from training.evaluation.metrics import RegressionFigures, evaluate
from training.fitting.threads import fitting_threads, threads_for
from training.models.blend.regressor import BlendedBoosting
from training.models.candidates import Candidate
from training.models.compiled_model import may_be_compiled
from training.models.early_stopping import stops_early, validation_arguments, without_stopping
from training.models.interval_figures import IntervalFigures, interval_figures
from training.models.intervals import PriceIntervals
from training.models.price_pipeline import PREPROCESSING, REGRESSOR, PricePipeline, placed

TIMED_ROWS = 9
MOST_ROWS_AGAIN = 200_000
"""Of more rows, a quarter more teaches a model nothing that is worth another fit."""
PLAIN_VALUES = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class FittedCandidate:
    """A fitted pipeline and its result on validation; ``row_microseconds`` is what one answer takes it."""

    name: str
    label: str
    pipeline: PricePipeline
    fit_seconds: float
    validation: RegressionFigures
    row_microseconds: float = 0.0

    @property
    def model_type(self) -> str:
        """Class name of the regressor."""
        return type(self.pipeline.named_steps[REGRESSOR]).__name__

    @property
    def preprocessing(self) -> Any:
        """The fitted preprocessing step."""
        return self.pipeline.named_steps[PREPROCESSING]

    @property
    def parameters(self) -> dict[str, Any]:
        """The regressor's parameters that are plain values."""
        regressor = self.pipeline.named_steps[REGRESSOR]
        parameters = regressor.get_params()
        if isinstance(regressor, BlendedBoosting):
            parameters |= regressor.chosen()
        return {
            name: value for name, value in parameters.items() if isinstance(value, PLAIN_VALUES)
        }


@dataclass(frozen=True)
class MeasuredCandidate:
    """A fitted candidate with its figures and predictions (shape (n,), 100,000 USD) on test."""

    fitted: FittedCandidate
    test: RegressionFigures
    predicted: FloatArray
    intervals: IntervalFigures | None = None

    @property
    def metrics(self) -> dict[str, float]:
        """Figures on validation and test in 100,000 USD, ``fit_seconds``, and interval figures if any."""
        figures = {"validation": self.fitted.validation, "test": self.test}
        return {
            f"{part}_{name}": value
            for part, figure in figures.items()
            for name, value in asdict(figure).items()
        } | {"fit_seconds": self.fitted.fit_seconds, **self._interval_metrics}

    @property
    def _interval_metrics(self) -> dict[str, float]:
        if self.intervals is None:
            return {}
        return {f"test_interval_{name}": value for name, value in asdict(self.intervals).items()}


def fit(candidate: Candidate, train: Part, validation: Part, threads: int) -> FittedCandidate:
    """Fit a fresh copy of a candidate on ``train`` and measure it on ``validation``."""
    pipeline = clone(candidate.pipeline)
    started = time.perf_counter()
    with fitting_threads(len(train), threads):
        _fit_steps(pipeline, train, validation, threads)
        fit_seconds = time.perf_counter() - started
        figures = evaluate(validation.targets, pipeline.predict(validation.inputs))
    _serve_single_threaded(pipeline)
    spent = _row_microseconds(pipeline, validation.inputs)
    return FittedCandidate(candidate.name, candidate.label, pipeline, fit_seconds, figures, spent)


def _fit_steps(pipeline: PricePipeline, train: Part, validation: Part, threads: int) -> None:
    regressor = pipeline[REGRESSOR]
    # Weights go to the regressor only: for the features, each district counts once and is never its own
    # neighbour, as a repeated row would be.
    arguments: dict[str, Any] = {"sample_weight": train.weights}
    if isinstance(regressor, LibraryTrees):
        # It takes a number only: what limits other libraries' threads does not reach one not yet loaded.
        regressor.set_params(n_jobs=threads_for(len(train), threads))
    features = pipeline[PREPROCESSING].fit_transform(placed(train.inputs), train.targets)
    if stops_early(regressor):
        checked = pipeline.features(validation.inputs)
        arguments |= validation_arguments(regressor, checked, validation.targets)
    regressor.fit(features, train.targets, **arguments)


def is_worth_another_fit(parts: Splits) -> bool:
    """Whether the winner is fitted again on training and validation rows: not if they are very many."""
    return len(parts.train) + len(parts.validation) <= MOST_ROWS_AGAIN


def fit_again(winner: FittedCandidate, parts: Splits, threads: int) -> FittedCandidate:
    """Fit the winner, as it is set, on training and validation rows; its figures stay those that chose it.

    Intervals stay those of the first fit: they are calibrated by its errors on rows that it never saw, and
    this one's are no larger. Where it stopped early, this one adds as many trees; a blend keeps its members.
    """
    pipeline = clone(winner.pipeline)
    pipeline.set_params(**{REGRESSOR: _as_settled(winner.pipeline[REGRESSOR])})
    learnable = parts.learnable
    started = time.perf_counter()
    with fitting_threads(len(learnable), threads):
        _fit_steps(pipeline, learnable, parts.validation, threads)
    _serve_single_threaded(pipeline)
    spent = winner.fit_seconds + time.perf_counter() - started
    return replace(winner, pipeline=pipeline, fit_seconds=spent)


def _as_settled(regressor: Any) -> Any:
    """Return an unfitted copy that chooses nothing again."""
    if isinstance(regressor, BlendedBoosting):
        return regressor.as_settled()
    return without_stopping(regressor)


def choose(fitted: Sequence[FittedCandidate]) -> FittedCandidate:
    """Return the one with the lowest RMSE on validation; the first if several are equal."""
    return min(fitted, key=lambda candidate: candidate.validation.rmse)


def quick_enough(
    fitted: Sequence[FittedCandidate], budget_microseconds: float
) -> list[FittedCandidate]:
    """Return those that can be served: the gate refuses one whose answers take longer than the budget.

    What has a compiled function has it for that. All of them, if none is quick enough: the gate tells why.
    """
    found = [
        one
        for one in fitted
        if may_be_compiled(one.pipeline) or one.row_microseconds <= budget_microseconds
    ]
    return found or list(fitted)


def measure(fitted: Sequence[FittedCandidate], test: Part) -> tuple[MeasuredCandidate, ...]:
    """Measure every fitted candidate on the test part; nothing is chosen by these figures."""
    return tuple(_measure(candidate, test) for candidate in fitted)


def fit_intervals(candidate: FittedCandidate, splits: Splits, seed: int) -> PriceIntervals:
    """Calibrate intervals around a fitted candidate's answers on the validation part."""
    with fitting_threads(len(splits.train)):
        return PriceIntervals(seed=seed).fit(
            candidate.pipeline,
            splits.train.inputs,
            splits.train.targets,
            splits.validation.inputs,
            splits.validation.targets,
        )


def answers_with_intervals(
    measured: MeasuredCandidate, intervals: PriceIntervals, test: Part
) -> LabelledPredictions:
    """Return the candidate's answers to the test part, with their intervals."""
    features = measured.fitted.pipeline.features(test.inputs)
    lower, upper = intervals.bounds(features, test.inputs, measured.predicted)
    return Predictions(measured.predicted, lower, upper).labelled(test.targets, test.inputs)


def with_intervals(
    measured: MeasuredCandidate, answers: LabelledPredictions, coverage: float
) -> MeasuredCandidate:
    """Return the candidate with figures of its intervals on the test part, for a nominal ``coverage``."""
    figures = interval_figures(answers.lower, answers.upper, answers.actual, coverage)
    return replace(measured, intervals=figures)


def _measure(candidate: FittedCandidate, test: Part) -> MeasuredCandidate:
    predicted: FloatArray = candidate.pipeline.predict(test.inputs)
    return MeasuredCandidate(candidate, evaluate(test.targets, predicted), predicted)


def _row_microseconds(pipeline: PricePipeline, inputs: FloatArray) -> float:
    """Return the median time of one prediction by the pipeline itself, asked about some rows one by one."""
    seconds = []
    for row in inputs[: TIMED_ROWS + 1]:
        began = time.perf_counter()
        pipeline.predict(row[np.newaxis])
        seconds.append(time.perf_counter() - began)
    return 1e6 * statistics.median(seconds[1:] or seconds)


def _serve_single_threaded(pipeline: PricePipeline) -> None:
    # A thread pool costs a random forest 23 ms for one row; one thread takes a fraction of that.
    regressor = pipeline.named_steps[REGRESSOR]
    if "n_jobs" in regressor.get_params(deep=False):
        regressor.set_params(n_jobs=1)
