"""Measure estimated error and degradation on held-out rows (part of ``make bench-monitoring``).

The champion's holdout is halved at random: one half is what the estimator learns from, windows are drawn from
the other. Windows with covariate shift take rows in proportion to exp(3 (rank - 1/2)) of one input, or eight
times as often from one region. Then the true error of each window is known.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from backend.performance.estimated import ErrorEstimator
from backend.performance.realized import degradation, paired, realized_error
from storage.domain.inputs import FEATURE_NAMES
from storage.domain.slices import REGION_NAMES
from storage.schema.arrays import FloatArray
from storage.schema.estimate import Estimate
from storage.schema.predictions import LabelledPredictions
from tests.benchmarks.monitoring.measured_holdout import fitted_holdout, halves
from tests.benchmarks.monitoring.new_areas import new_areas, new_areas_table
from training.evaluation.holdout import read_holdout
from training.models.regions import region_of

RESULTS = Path(__file__).parent / "estimated_error_results.json"
STEEPNESS, REGION_WEIGHT = 3.0, 8.0
SHIFTED_REGIONS = ("bay_area", "central_valley", "los_angeles")
TILTS = ("MedInc", "HouseAge", "AveOccup", "Latitude")
WINDOW_ROWS = 500
DEGRADATION_SIZES = (100, 500, 1_500)
ERROR_FACTORS = (1.0, 1.15, 1.3, 1.5)
BAR = 0.10

Weigh = Callable[[FloatArray], FloatArray]


def main() -> None:
    """Measure, print, write."""
    options = _parser().parse_args()
    console = Console()
    with console.status("Fitting the champion" if options.holdout is None else "Measuring"):
        stored = options.holdout.read_bytes() if options.holdout is not None else None
        holdout = read_holdout(stored) if stored is not None else fitted_holdout(options.seed)
        results: dict[str, Any] = {
            "window_rows": WINDOW_ROWS,
            "estimated": estimated(holdout, options.repeats),
            "degraded": degraded(holdout, options.repeats),
            "milliseconds": milliseconds(holdout),
            "new_areas": new_areas(),
        }
    results["bars"] = {"RMSE estimate under covariate shift": _bar(results["estimated"])}
    options.output.write_text(json.dumps(results, indent=1) + "\n")
    console.print(_tables(results), markup=False, soft_wrap=True)


def estimated(holdout: LabelledPredictions, repeats: int) -> dict[str, dict[str, float]]:
    """Compare estimates with what the windows' actual values give, by kind of shift."""
    rows: dict[str, list[tuple[float, float, bool]]] = {name: [] for name in shifts()}
    for seed in range(repeats):
        known, rest = halves(holdout, seed)
        estimator = ErrorEstimator(known, seed)
        random = np.random.default_rng(seed)
        baseline = _rmse(known)
        for name, weigh in shifts().items():
            weights = weigh(rest.inputs)
            drawn = random.choice(len(rest), WINDOW_ROWS, False, weights / weights.sum())
            rows[name].append(_compared(estimator, rest.only(drawn), baseline))
    return {name: _summary(found) for name, found in rows.items()}


def degraded(holdout: LabelledPredictions, repeats: int) -> dict[str, dict[str, float]]:
    """Return the share of windows called degraded, by rows and by the factor of their errors."""
    shares: dict[str, dict[str, float]] = {}
    for size in DEGRADATION_SIZES:
        counts = np.zeros(len(ERROR_FACTORS))
        for seed in range(5 * repeats):
            known, rest = halves(holdout, seed)
            window = rest.only(np.arange(size))
            baseline = paired(known.actual, known.predicted)
            counts += [
                degradation(_worse(window, factor), baseline, seed).degraded is True
                for factor in ERROR_FACTORS
            ]
        found = (counts / (5 * repeats)).tolist()
        shares[str(size)] = {
            f"{factor:g}": share for factor, share in zip(ERROR_FACTORS, found, strict=True)
        }
    return shares


def milliseconds(holdout: LabelledPredictions) -> dict[str, float]:
    """Return the time of fitting the estimator, of estimating 10,000 rows, and of measuring 10,000."""
    started = time.perf_counter()
    estimator = ErrorEstimator(holdout, 0)
    fitted = time.perf_counter()
    many = holdout.only(np.random.default_rng(0).integers(0, len(holdout), 10_000))
    losses = estimator.expected_losses(many)
    estimator.estimate(losses)
    estimated_at = time.perf_counter()
    realized_error(many, 0)
    measured = time.perf_counter()
    return {
        "fit": 1_000 * (fitted - started),
        "estimate": 1_000 * (estimated_at - fitted),
        "measure": 1_000 * (measured - estimated_at),
    }


def shifts() -> dict[str, Weigh]:
    """Return how often each row is taken, by the name of the shift."""
    tilted = {
        f"{name} {'up' if sign > 0 else 'down'}": _tilt(FEATURE_NAMES.index(name), sign)
        for name in TILTS
        for sign in (1, -1)
    }
    return tilted | {f"more {name.replace('_', ' ')}": _region(name) for name in SHIFTED_REGIONS}


def _tilt(column: int, sign: int) -> Weigh:
    def weigh(inputs: FloatArray) -> FloatArray:
        ranks = np.argsort(np.argsort(inputs[:, column])) / len(inputs)
        return np.asarray(np.exp(sign * STEEPNESS * (ranks - 0.5)))

    return weigh


def _region(name: str) -> Weigh:
    def weigh(inputs: FloatArray) -> FloatArray:
        inside = region_of(inputs) == REGION_NAMES.index(name)
        return np.where(inside, REGION_WEIGHT, 1.0)

    return weigh


def _compared(
    estimator: ErrorEstimator, window: LabelledPredictions, baseline: float
) -> tuple[float, float, bool]:
    """Return the estimate's relative error, that of the holdout's RMSE, and whether the interval holds it."""
    losses = estimator.expected_losses(window)
    found, truth = estimator.estimate(losses).estimated_rmse, _rmse(window)
    assert isinstance(found, Estimate)
    inside = found.lower <= truth <= found.upper
    return found.value / truth - 1.0, baseline / truth - 1.0, inside


def _summary(rows: list[tuple[float, float, bool]]) -> dict[str, float]:
    errors, naive, inside = (
        np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)
    )
    return {
        "mean_absolute_error": float(np.abs(errors).mean()),
        "mean_error": float(errors.mean()),
        "holdout_rmse_mean_absolute_error": float(np.abs(naive).mean()),
        "interval_coverage": float(inside.mean()),
    }


def _rmse(rows: LabelledPredictions) -> float:
    return float(np.sqrt(np.mean((rows.predicted - rows.actual) ** 2)))


def _worse(window: LabelledPredictions, factor: float) -> LabelledPredictions:
    return paired(window.actual, window.actual + factor * (window.predicted - window.actual))


def _bar(found: dict[str, dict[str, float]]) -> dict[str, float | bool]:
    value = float(np.mean([one["mean_absolute_error"] for one in found.values()]))
    return {"value": value, "at_most": BAR, "met": value <= BAR}


def _tables(results: dict[str, Any]) -> str:
    lines = [
        f"Estimated RMSE of {WINDOW_ROWS} rows against the realized one, mean absolute relative error.",
        "",
        "| window | estimate | holdout's RMSE | 95 % interval holds it |",
        "|---|---:|---:|---:|",
    ]
    for name, one in results["estimated"].items():
        naive = one["holdout_rmse_mean_absolute_error"]
        lines.append(
            f"| {name} | {one['mean_absolute_error']:.1%} | {naive:.1%} "
            f"| {one['interval_coverage']:.0%} |"
        )
    bar = results["bars"]["RMSE estimate under covariate shift"]
    lines += [
        "",
        f"{'met' if bar['met'] else 'MISSED'}: on average {bar['value']:.1%}, bar {BAR:.0%}",
    ]
    lines += [
        "",
        f"| windows called degraded | {' | '.join(f'error x {f:g}' for f in ERROR_FACTORS)} |",
    ]
    lines += [f"|---|{'---:|' * len(ERROR_FACTORS)}"]
    for size, shares in results["degraded"].items():
        lines.append(f"| {size} rows | {' | '.join(f'{one:.0%}' for one in shares.values())} |")
    times = ", ".join(f"{name} {value:.0f} ms" for name, value in results["milliseconds"].items())
    areas = ["", "Where nothing was learned:", "", new_areas_table(results["new_areas"])]
    return "\n".join([*lines, "", f"10,000 rows: {times}", *areas])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.monitoring.estimated_error", description=__doc__
    )
    parser.add_argument("--output", type=Path, default=RESULTS, help="JSON file to write")
    parser.add_argument(
        "--holdout", type=Path, help="holdout.npz of a version; without it the champion is fitted"
    )
    parser.add_argument("--repeats", type=int, default=20, help="random halves")
    parser.add_argument("--seed", type=int, default=0, help="of the split and the champion")
    return parser


if __name__ == "__main__":
    main()
