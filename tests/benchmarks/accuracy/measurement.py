"""One split, measured: the test part is opened once, and every figure comes from that one answer."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from storage.domain.slices import REGION_NAMES
from storage.domain.target import TARGET_CAP
from storage.schema.arrays import FloatArray
from tests.benchmarks.accuracy.competitors import (
    Fitted,
    fit_catboost,
    fit_champion,
    one_row_milliseconds,
)
from training.dataset.splits import Part, Splits
from training.evaluation.metrics import evaluate
from training.features.columns import OCCUPANCY, POPULATION
from training.models.interval_figures import interval_figures
from training.models.intervals import PriceIntervals, conformal_quantile
from training.models.regions import region_of

DECILES = 10
HOUSEHOLDS = (50, 150, 300, 500, 1000)
"""Where bands of how many stand behind a row begin: the fewer they are, the more its value is chance."""


def measured_split(
    parts: Splits, seed: int, threads: int, begin: Callable[[str], None]
) -> dict[str, Any]:
    """Return every figure of one split; ``begin`` is told of each step."""
    begin("searching the metric, fitting the champion")
    champion = fit_champion(parts, seed, threads)
    begin("fitting CatBoost")
    catboost = fit_catboost(parts, seed, threads)
    begin("calibrating the intervals")
    intervals = _fitted_intervals(champion.model, parts, seed)
    half_width = _constant_half_width(champion.model, parts.validation)
    rows = parts.row_counts
    begin("answering the test part, once")
    test = parts.test.open()
    features = champion.model.features(test.inputs)
    predicted = champion.model.prices(features)
    return {
        "seed": seed,
        "rows": rows,
        "champion": _figures(champion, predicted, test),
        "catboost": _figures(catboost, catboost.model.predict(test.inputs), test),
        "metric": champion.metric,
        "intervals": _described(
            *intervals.bounds(features, test.inputs, predicted), predicted, test
        ),
        "constant_intervals": _described(*_constant(predicted, half_width), predicted, test),
    }


def _fitted_intervals(pipeline: Pipeline, parts: Splits, seed: int) -> PriceIntervals:
    return PriceIntervals(seed=seed).fit(
        pipeline,
        parts.train.inputs,
        parts.train.targets,
        parts.validation.inputs,
        parts.validation.targets,
    )


def _constant_half_width(pipeline: Pipeline, calibration: Part) -> float:
    errors = np.abs(calibration.targets - pipeline.predict(calibration.inputs))
    return conformal_quantile(errors, PriceIntervals().coverage)


def _constant(predicted: FloatArray, half_width: float) -> tuple[FloatArray, FloatArray]:
    """Return intervals of one width, cut to the prices there are, as the others are."""
    return (
        np.clip(predicted - half_width, 0.0, TARGET_CAP),
        np.clip(predicted + half_width, 0.0, TARGET_CAP),
    )


def _figures(fitted: Fitted, predicted: FloatArray, test: Part) -> dict[str, float]:
    return {
        **asdict(evaluate(test.targets, predicted)),
        "fit_seconds": fitted.fit_seconds,
        "search_seconds": fitted.search_seconds,
        "one_row_milliseconds": one_row_milliseconds(fitted.model, test.inputs),
    }


def _described(
    lower: FloatArray, upper: FloatArray, predicted: FloatArray, test: Part
) -> dict[str, Any]:
    covered = (lower <= test.targets) & (test.targets <= upper)
    edges = np.quantile(predicted, np.arange(1, DECILES) / DECILES)
    deciles = np.searchsorted(edges, predicted)
    regions = region_of(test.inputs)
    bands = np.digitize(test.inputs[:, POPULATION] / test.inputs[:, OCCUPANCY], HOUSEHOLDS)
    return {
        **asdict(interval_figures(lower, upper, test.targets, PriceIntervals().coverage)),
        "coverage_by_decile": [float(covered[deciles == each].mean()) for each in range(DECILES)],
        "coverage_by_region": {
            name: float(covered[regions == number].mean())
            for number, name in enumerate(REGION_NAMES)
            if (regions == number).any()
        },
        "coverage_by_households": [
            float(covered[bands == each].mean()) if (bands == each).any() else None
            for each in range(len(HOUSEHOLDS) + 1)
        ],
    }
