"""Measure the drift rule on real rows (``make bench-monitoring``); about ten minutes on one core.

False alarms on quiet windows and detection of eleven changes, beside two rules in use; alarms in months of
hourly checks where nothing changes; traffic as services have it, beside the rule that knew training only; and
the time of one report. Every finished part is written at once.
"""

import storage.ctrl_c

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.benchmarks.monitoring.measurement import (
    alarms_in_quiet_months,
    rates,
    report_milliseconds,
)
from tests.benchmarks.monitoring.summary import bars, tables
from tests.benchmarks.monitoring.usual import traffic_months, traffic_rates
from tests.benchmarks.monitoring.windows import SPOILED
from training.dataset.embedded import load_embedded
from training.fitting.progress import StepDisplay, step_display

SIZES = (100, 500, 2_000)
PARTS = ("time", "rates", "spoiled", "alarms", "traffic", "months")
RESULTS = Path(__file__).parent / "drift_results.json"


def main() -> None:
    """Run the parts and write what came out."""
    options = _parser().parse_args()
    console = Console()
    with step_display(console) as display:
        results = _run(options, display)
    console.print(tables(results), markup=False, soft_wrap=True)
    for name, bar in results["bars"].items():
        console.print(f"{'met' if bar['met'] else 'MISSED'}: {name}: {bar}", markup=False)


def _run(options: argparse.Namespace, display: StepDisplay) -> dict[str, Any]:
    table = load_embedded()
    results = _earlier(options.output)
    steps: list[tuple[str, int]] = [
        (part, number)
        for part in options.parts
        for number in (options.sizes if part == "rates" else (0,))
    ]
    for step, (part, number) in enumerate(steps, 1):
        display.begin(f"{part} {number or ''}".strip(), step, len(steps))
        if part == "time":
            results["milliseconds"] = report_milliseconds(table)
        elif part == "spoiled":
            results["spoiled"] = rates(
                table, 500, options.quiet_windows, options.changed_windows, SPOILED
            )
        elif part == "traffic":
            results["traffic"] = traffic_rates(table, options.traffic_windows)
        elif part == "months":
            results["traffic_months"] = traffic_months(table, options.months)
        elif part == "alarms":
            results["alarms"] = alarms_in_quiet_months(table, options.months)
        else:
            found = rates(table, number, options.quiet_windows, options.changed_windows)
            results.setdefault("rates", {})[str(number)] = found
        results["bars"] = bars(results)
        options.output.write_text(json.dumps(results, indent=1) + "\n")
    return results


def _earlier(path: Path) -> dict[str, Any]:
    """Return the parts measured before, which this run may leave as they are."""
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.monitoring", description=__doc__
    )
    parser.add_argument("--output", type=Path, default=RESULTS, help="JSON file to write")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument(
        "--sizes", nargs="+", type=int, default=list(SIZES), help="rows of a window"
    )
    parser.add_argument("--quiet-windows", type=int, default=1_000)
    parser.add_argument("--changed-windows", type=int, default=200)
    parser.add_argument("--traffic-windows", type=int, default=300)
    parser.add_argument("--months", type=int, default=10, help="simulated months of each kind")
    return parser


if __name__ == "__main__":
    main()
