"""Measure intervals calibrated on labels after a move of the market (part of ``make bench-monitoring``).

The champion is fitted as a training does. Labelled rows and later ones are drawn from its test part, whose
values are moved; the gate's own decision says whether the new intervals are promoted.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console

from storage.domain.target import HIGHEST_ANSWER
from storage.schema.arrays import FloatArray, IndexArray
from storage.schema.predictions import LabelledPredictions, Predictions
from storage.settings import Settings
from tests.benchmarks.monitoring.measured_holdout import FittedChampion, fitted_champion
from training.dataset.districts import falls_into_share
from training.evaluation.comparison import Comparison
from training.models.intervals import PriceIntervals
from training.models.recalibration import times_as_wide
from training.promotion.checks import Rules
from training.promotion.interval_decision import IntervalEvidence, decide_intervals

RESULTS = Path(__file__).parent / "recalibration_results.json"
LABELS, LATER = (300, 1_000), 2_000
MOVES: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "nothing": lambda actual, _: actual,
    "values +10 %": lambda actual, _: 1.1 * actual,
    "values -10 %": lambda actual, _: 0.9 * actual,
    "values +20 %": lambda actual, _: 1.2 * actual,
    "errors twice as large": lambda actual, predicted: predicted + 2.0 * (actual - predicted),
}
BAR, MOST_FALSE = (0.88, 0.92), 0.05


def main() -> None:
    """Measure, print, write."""
    options = _parser().parse_args()
    console = Console()
    with console.status("Fitting the champion, then drawing labels"):
        champion = fitted_champion(options.seed)
        results = {
            move: {
                str(labels): _measured(champion, move, labels, options.repeats) for labels in LABELS
            }
            for move in MOVES
        }
    options.output.write_text(json.dumps(results, indent=1) + "\n")
    for move, by_labels in results.items():
        for labels, found in by_labels.items():
            line = f"{_verdict(move, found)}: {move} moved, {labels} labels: coverage of {LATER:,} later rows"
            console.print(
                f"{line} {found['before']:.1%} -> {found['after']:.1%} (deviation {found['deviation']:.1%}), "
                f"promoted in {found['promoted']:.0%} of {options.repeats} draws",
                markup=False,
                soft_wrap=True,
            )


def _verdict(move: str, found: dict[str, float]) -> str:
    is_met = found["promoted"] < MOST_FALSE
    if move != "nothing":
        is_met = BAR[0] <= found["after"] <= BAR[1]
    return "met" if is_met else "MISSED"


def _measured(champion: FittedChampion, move: str, labels: int, repeats: int) -> dict[str, float]:
    """Return mean coverage of later rows before and after, its deviation, and the share of promotions."""
    draws = [_draw(champion, move, labels, seed) for seed in range(repeats)]
    before, after, promoted = np.array(draws, dtype=np.float64).T
    return {
        "before": float(before.mean()),
        "after": float(after.mean()),
        "deviation": float(after.std()),
        "promoted": float(promoted.mean()),
    }


def _draw(champion: FittedChampion, move: str, labels: int, seed: int) -> tuple[float, float, bool]:
    settings, test = Settings(), champion.test
    moved = MOVES[move](test.targets, champion.predicted)
    actual = np.clip(moved, 0.0, HIGHEST_ANSWER)
    order = np.random.default_rng(seed).permutation(len(test))
    labelled, later = order[:labels], order[-LATER:]
    is_reserved = falls_into_share(test.inputs[labelled], settings.promotion.recent_share)
    calibrating, judging = labelled[~is_reserved], labelled[is_reserved]
    old = champion.intervals
    times = times_as_wide(old, champion.pipeline, test.inputs[calibrating], actual[calibrating])
    new = old.scaled(times)
    answers = _answers(champion, actual)
    evidence = IntervalEvidence(
        champion_version="the champion",
        calibrating=answers(old, calibrating),
        judging=Comparison(answers(new, judging), answers(old, judging)),
        coverage=old.coverage,
        source="degradation",
    )
    held = [float(answers(each, later).is_held.mean()) for each in (old, new)]
    return held[0], held[1], decide_intervals(evidence, Rules.of(settings)).promote


def _answers(
    champion: FittedChampion, actual: FloatArray
) -> Callable[[PriceIntervals, IndexArray], LabelledPredictions]:
    def answers(intervals: PriceIntervals, rows: IndexArray) -> LabelledPredictions:
        inputs, predicted = champion.test.inputs[rows], champion.predicted[rows]
        lower, upper = intervals.bounds(champion.features[rows], inputs, predicted)
        return Predictions(predicted, lower, upper).labelled(actual[rows], inputs)

    return answers


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.monitoring.recalibration", description=__doc__
    )
    parser.add_argument("--output", type=Path, default=RESULTS, help="JSON file to write")
    parser.add_argument("--repeats", type=int, default=100, help="draws of labels for each line")
    parser.add_argument("--seed", type=int, default=0, help="of the split and the fit")
    return parser


if __name__ == "__main__":
    main()
