"""The two models that are compared, fitted on the training part only."""

import time
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types

from storage.schema.arrays import FloatArray
from tests.benchmarks.accuracy.metric_tuning import tuned_metric
from training.dataset.splits import Splits
from training.models.candidates import all_candidates, select
from training.models.price_pipeline import PREPROCESSING

CHAMPION = "neighbour_boosting"
ONE_ROW_REPEATS = 50


class Model(Protocol):
    """Anything that answers."""

    def predict(self, inputs: FloatArray) -> FloatArray:
        """Return prices (n,) of inputs (n, 8)."""


@dataclass(frozen=True)
class Fitted:
    """A fitted model, how long that took, and what was searched for before (not in ``fit_seconds``)."""

    model: Any
    fit_seconds: float
    search_seconds: float = 0.0
    metric: dict[str, Any] | None = None


def fit_champion(parts: Splits, seed: int, threads: int) -> Fitted:
    """Search the metric on this training part alone, then fit the champion with it."""
    started = time.perf_counter()
    metric = tuned_metric(parts.train.inputs, parts.train.targets, seed)
    searched = time.perf_counter()
    (candidate,) = select(all_candidates(seed, threads), [CHAMPION])
    named = {f"{PREPROCESSING}__similar__{name}": value for name, value in metric.items()}
    pipeline = candidate.pipeline.set_params(**named)
    with threadpool_limits(limits=threads):
        pipeline.fit(parts.train.inputs, parts.train.targets)
    return Fitted(pipeline, time.perf_counter() - searched, searched - started, metric)


def fit_catboost(parts: Splits, seed: int, threads: int) -> Fitted:
    """Fit CatBoost on the raw inputs, stopped early on the validation part."""
    # Here, because only the benchmark's environment has it.
    from catboost import CatBoostRegressor

    model = CatBoostRegressor(
        depth=7,
        learning_rate=0.05,
        iterations=5000,
        early_stopping_rounds=200,
        thread_count=threads,
        random_seed=seed,
        verbose=0,
        allow_writing_files=False,
    )
    validation = (parts.validation.inputs, parts.validation.targets)
    started = time.perf_counter()
    model.fit(parts.train.inputs, parts.train.targets, eval_set=validation)
    return Fitted(model, time.perf_counter() - started)


def one_row_milliseconds(model: Model, inputs: FloatArray) -> float:
    """Return the median time of the public ``predict`` on one row."""
    times = []
    for row in inputs[:ONE_ROW_REPEATS]:
        started = time.perf_counter()
        model.predict(row.reshape(1, -1))
        times.append(time.perf_counter() - started)
    return float(np.median(times) * 1e3)
