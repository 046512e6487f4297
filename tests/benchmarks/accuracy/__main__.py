"""Measure the champion against CatBoost (``make bench-accuracy``); ten minutes on two cores.

Five random splits and five spatial ones. On each: the metric of the similar neighbours is searched on the
training part alone, both models are fitted on it, the validation part stops CatBoost and calibrates the
intervals, and the test part is answered once. Every finished split is written at once.
"""

import storage.ctrl_c

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.benchmarks.accuracy.measurement import measured_split
from tests.benchmarks.accuracy.parts import SPLITS
from tests.benchmarks.accuracy.summary import summary, tables
from training.dataset.embedded import load_embedded
from training.fitting.progress import StepDisplay, step_display

SEEDS = range(5)
STEPS_OF_A_SPLIT = 4
RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Run the splits and write what came out."""
    options = _parser().parse_args()
    console = Console()
    with step_display(console) as display:
        results = _Benchmark(options, display).run()
    console.print(tables(results), markup=False, soft_wrap=True)


class _Benchmark:
    def __init__(self, options: argparse.Namespace, display: StepDisplay) -> None:
        self._options = options
        self._display = display
        self._step = 0

    def run(self) -> dict[str, list[dict[str, Any]]]:
        table = load_embedded()
        results: dict[str, list[dict[str, Any]]] = {}
        for kind in self._options.kinds:
            results[kind] = []
            for seed in SEEDS:
                self._title = f"{kind} split {seed}"
                parts = SPLITS[kind](table, seed)
                measured = measured_split(parts, seed, self._options.threads, self._begin)
                results[kind].append(measured)
                self._write(results)
        return results

    def _begin(self, step: str) -> None:
        self._step += 1
        total = STEPS_OF_A_SPLIT * len(SEEDS) * len(self._options.kinds)
        self._display.begin(f"{self._title}: {step}", self._step, total)

    def _write(self, results: dict[str, list[dict[str, Any]]]) -> None:
        document = {
            kind: {"mean": summary(splits), "splits": splits} for kind, splits in results.items()
        }
        self._options.output.write_text(json.dumps(document, indent=1) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.accuracy", description=__doc__
    )
    parser.add_argument("--output", type=Path, default=RESULTS, help="JSON file to write")
    parser.add_argument("--kinds", nargs="+", choices=SPLITS, default=list(SPLITS))
    parser.add_argument("--threads", type=int, default=2, help="threads that fitting may use")
    return parser


if __name__ == "__main__":
    main()
