"""Measure the named cause and the cost of changes (part of ``make bench-monitoring``); some minutes.

The champion is fitted as a training does. One random half of its test part is the holdout, from the other
half the simulator's scenarios draw. Windows are judged with the actual values that had arrived when they
ended, and once more without any; the realized harm is that of other rows of the same time.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from scipy import stats

from backend.contract.drift.harm import DriftHarm
from backend.drift.detector import DriftDetector
from backend.drift.refused import refused_fields
from backend.drift.sensor import sensor_signs
from backend.drift.thresholds import DriftThresholds
from backend.harm.cause import refused_signs
from backend.harm.window import JudgedWindow, window_harm
from backend.performance.baseline import SEED, Baseline
from backend.performance.estimated import ErrorEstimator
from backend.performance.realized import realized_error
from backend.simulate.scenario import RowPool
from storage.domain.inputs import FEATURE_NAMES
from storage.domain.place import LATITUDE, LONGITUDE
from storage.predictions.refused import Refusals
from storage.schema.arrays import FloatArray
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.predictions import LabelledPredictions, Predictions
from tests.benchmarks.monitoring.harm_windows import (
    HarmWindow,
    broken_windows,
    scenario_windows,
)
from tests.benchmarks.monitoring.measured_holdout import FittedChampion, fitted_champion
from training.dataset.embedded import load_embedded
from training.dataset.splits import Part, split

RESULTS = Path(__file__).parent / "harm_results.json"
RIGHT_CAUSES, RANK_CORRELATION = 0.9, 0.8
"""The bars; both are held against windows with the actual values that had arrived."""
KNOWN, NONE = "labels that had arrived", "no labels"


@dataclass(frozen=True)
class Judged:
    """One window with both answers, and the rise of the error of the rows that had no value yet."""

    window: HarmWindow
    by_labels: dict[str, DriftHarm]
    realized: float


class Judge:
    """Judges windows as the service does: one version, its detector and its holdout."""

    def __init__(self, champion: FittedChampion, seed: int) -> None:
        order = np.random.default_rng(seed).permutation(len(champion.test))
        known, asked = np.array_split(order, 2)
        train = split(load_embedded(), seed).train
        self._champion = champion
        self.pool = RowPool(Part(champion.test.inputs[asked], champion.test.targets[asked]), train)
        holdout = self._answered(champion.test.inputs[known], champion.test.targets[known])
        self._baseline = Baseline(
            holdout, realized_error(holdout, SEED), ErrorEstimator(holdout, SEED)
        )
        self._detector = DriftDetector(
            train.inputs,
            FEATURE_NAMES,
            np.full(len(FEATURE_NAMES), 1 / len(FEATURE_NAMES)),
            holdout.predicted,
            seed,
            (LATITUDE, LONGITUDE),
        )

    def judge(self, window: HarmWindow) -> Judged:
        """Judge a window with the actual values that it knows, and without them."""
        rows = self._answered(window.inputs, window.actual)
        others = self._answered(window.others, window.others_actual)
        seen = self._seen(window, rows)
        labels = {
            KNOWN: np.where(window.is_labelled, rows.actual, np.nan),
            NONE: np.full(len(rows), np.nan),
        }
        return Judged(
            window=window,
            by_labels={
                name: self._harm(replace(rows, actual=known), seen)
                for name, known in labels.items()
            },
            realized=_mean_error(others) - _mean_error(self._baseline.rows),
        )

    def _seen(self, window: HarmWindow, rows: LabelledPredictions) -> JudgedWindow:
        thresholds = DriftThresholds()
        report = self._detector.compare(rows.inputs, rows.predicted, thresholds)
        fields = refused_fields(Refusals(window.refusals, False), self._detector.columns)
        requests = len({each.request_id for each in window.refusals}) + len(rows)
        return JudgedWindow(
            moved=bool(report.overall_drift),
            inputs=report.drifted_features,
            signs=sensor_signs(self._detector, rows.inputs, report, thresholds),
            refused=refused_signs(fields, requests),
            rows=rows,
            per_day=1.0,
        )

    def _harm(self, rows: LabelledPredictions, seen: JudgedWindow) -> DriftHarm:
        return window_harm(
            replace(seen, rows=rows), self._predict, self._baseline, MonitoringConfig()
        )

    def _predict(self, inputs: FloatArray) -> FloatArray:
        pipeline = self._champion.pipeline
        return pipeline.prices(pipeline.features(inputs)) if len(inputs) else np.zeros(0)

    def _answered(self, inputs: FloatArray, actual: FloatArray) -> LabelledPredictions:
        if not len(inputs):
            return Predictions(*[np.zeros(0)] * 3).labelled(actual, inputs)
        features = self._champion.pipeline.features(inputs)
        predicted = self._champion.pipeline.prices(features)
        lower, upper = self._champion.intervals.bounds(features, inputs, predicted)
        return Predictions(predicted, lower, upper).labelled(actual, inputs)


def _mean_error(rows: LabelledPredictions) -> float:
    return float(np.abs(rows.residuals).mean()) if len(rows) else np.nan


def main() -> None:
    """Measure, print, write."""
    options = _parser().parse_args()
    console = Console()
    with console.status("Fitting the champion, then judging windows"):
        judge = Judge(fitted_champion(options.seed), options.seed)
        simulated = [
            judge.judge(window)
            for seed in range(options.repeats)
            for window in scenario_windows(judge.pool, seed)
        ]
        broken = [
            judge.judge(window)
            for seed in range(options.repeats)
            for window in broken_windows(judge.pool, seed)
        ]
    results = {"simulated": _summary(simulated), "broken": _summary(broken)}
    results["bars"] = _bars(results["simulated"])
    options.output.write_text(json.dumps(results, indent=1) + "\n")
    console.print(_tables(results), markup=False, soft_wrap=True)


def _summary(judged: Sequence[Judged]) -> dict[str, Any]:
    return {
        labels: {
            "right": _right(judged, labels),
            "rank_correlation": _rank_correlation(judged, labels),
            "windows": {
                f"{name}, {span}": _row(
                    [
                        each
                        for each in judged
                        if (each.window.name, each.window.span) == (name, span)
                    ],
                    labels,
                )
                for name, span in dict.fromkeys(
                    (each.window.name, each.window.span) for each in judged
                )
            },
        }
        for labels in (KNOWN, NONE)
    }


def _right(judged: Sequence[Judged], labels: str) -> float:
    return float(
        np.mean([each.by_labels[labels].cause.name == each.window.truth for each in judged])
    )


def _rank_correlation(judged: Sequence[Judged], labels: str) -> float:
    """Return Spearman's correlation of the predicted with the realized rise per prediction."""
    pairs = [
        (harm.value, each.realized)
        for each in judged
        if (harm := each.by_labels[labels].per_prediction) is not None
        and np.isfinite(each.realized)
    ]
    return float(stats.spearmanr(pairs).statistic)


def _row(judged: Sequence[Judged], labels: str) -> dict[str, Any]:
    harms = [each.by_labels[labels] for each in judged]
    known = [harm.per_prediction.value for harm in harms if harm.per_prediction is not None]
    named = [harm.cause.name for harm in harms]
    held = [
        harm.per_prediction.lower <= each.realized <= harm.per_prediction.upper
        for harm, each in zip(harms, judged, strict=True)
        if harm.per_prediction is not None
    ]
    return {
        "right": _right(judged, labels),
        "named": {name: named.count(name) for name in sorted(set(named))},
        "predicted": float(np.mean(known)) if known else None,
        "realized": float(np.mean([each.realized for each in judged])) if known else None,
        "held": float(np.mean(held)) if held else None,
    }


def _bars(found: Mapping[str, Any]) -> dict[str, dict[str, float | bool]]:
    right, correlation = (found[KNOWN][name] for name in ("right", "rank_correlation"))
    return {
        "named cause is right": {
            "value": right,
            "at_least": RIGHT_CAUSES,
            "met": right >= RIGHT_CAUSES,
        },
        "rank correlation of predicted and realized harm": {
            "value": correlation,
            "at_least": RANK_CORRELATION,
            "met": correlation >= RANK_CORRELATION,
        },
    }


def _tables(results: Mapping[str, Any]) -> str:
    parts = []
    for kind in ("simulated", "broken"):
        for labels, found in results[kind].items():
            parts.append(
                f"{kind.capitalize()}, {labels}: the cause is right in {found['right']:.1%}, rank "
                f"correlation of predicted and realized harm {found['rank_correlation']:.2f}"
            )
            parts.append(_table(found["windows"]))
    for name, bar in results["bars"].items():
        verdict = "met" if bar["met"] else "MISSED"
        parts.append(f"{verdict}: {name}: {bar['value']:.3f}, bar {bar['at_least']:g}")
    return "\n\n".join(parts)


def _table(windows: Mapping[str, Any]) -> str:
    lines = [
        "| window | cause right | named | predicted rise | realized rise | in the interval |",
        "|---|---:|---|---:|---:|---:|",
    ]
    for name, row in windows.items():
        named = ", ".join(f"{cause} {count}" for cause, count in row["named"].items())
        figures = "– | – | –"
        if row["predicted"] is not None:
            figures = f"{row['predicted']:+.3f} | {row['realized']:+.3f} | {row['held']:.0%}"
        lines.append(f"| {name} | {row['right']:.0%} | {named} | {figures} |")
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.monitoring.harm", description=__doc__
    )
    parser.add_argument("--output", type=Path, default=RESULTS, help="JSON file to write")
    parser.add_argument("--repeats", type=int, default=10, help="runs of each scenario")
    parser.add_argument("--seed", type=int, default=0, help="of the split and the champion")
    return parser


if __name__ == "__main__":
    main()
