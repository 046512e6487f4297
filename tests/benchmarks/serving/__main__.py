"""Measure the request path under load (``make bench``); about three minutes on two idle cores.

The service with everything on and a constant answer on the same server take turns under the same load, so
that a machine busy with something else slows both; every figure is a median over the rounds. The champion
is the one in the runtime folder; what the benchmark writes lies in a temporary folder.
"""

import storage.ctrl_c

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from backend.__main__ import SERVING_ENVIRONMENT
from storage.errors import HousingError
from storage.models.store import ModelStore
from storage.paths import RuntimePaths
from storage.settings import settings_or_exit
from tests.benchmarks.serving.load import require_wrk
from tests.benchmarks.serving.measurement import Measurement, Plan
from tests.benchmarks.serving.summary import text
from training.fitting.progress import step_display

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Measure, print and write what came out."""
    options = _parser().parse_args()
    require_wrk()
    paths = RuntimePaths((options.runtime or settings_or_exit().paths.root).absolute())
    _require_champion(paths)
    _use_serving_environment()
    console = Console()
    with tempfile.TemporaryDirectory() as folder, step_display(console) as display:
        plan = Plan(options.rounds, options.seconds, options.cold_starts)
        results = Measurement(paths.models, Path(folder), plan, display).run()
    options.output.write_text(json.dumps(results, indent=1) + "\n")
    console.print(text(results), markup=False, soft_wrap=True)


def _require_champion(paths: RuntimePaths) -> None:
    try:
        ModelStore(paths).champion()
    except HousingError as error:
        raise SystemExit(str(error)) from error


def _use_serving_environment() -> None:
    # Libraries read these when they are loaded, which has happened here: begin again with them set.
    if any(os.environ.get(name) != value for name, value in SERVING_ENVIRONMENT.items()):
        os.environ.update(SERVING_ENVIRONMENT)
        os.execv(sys.executable, sys.orig_argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.serving", description=__doc__)
    parser.add_argument("--output", type=Path, default=RESULTS, help="JSON file to write")
    parser.add_argument("--runtime", type=Path, help="folder with the champion")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count")
    parser.add_argument("--seconds", type=int, default=5, help="length of one run under load")
    parser.add_argument("--cold-starts", type=int, default=3, help="starts whose median counts")
    return parser


if __name__ == "__main__":
    main()
