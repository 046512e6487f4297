"""Rates of the other protocols beside that of /predict: ``python -m tests.benchmarks.protocols``.

One row a request at eight connections; the forms take turns, and each ratio is a median over the rounds.
"""

import storage.ctrl_c

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from storage.domain.inputs import EXAMPLE
from storage.settings import settings_or_exit
from tests.backend.web.test_plain_forms import forms_of
from tests.benchmarks.serving.load import require_wrk, run_load
from tests.benchmarks.serving.served_system import ServedSystem

NAMES = (
    "POST /predict",
    "dataframe_records",
    "dataframe_split",
    "instances",
    "inputs",
    "a tensor for each input",
    "one tensor",
)
ROW = "{name:24} {rate:10,.0f} {ratio:6.2f}"


def main() -> None:
    """Measure and print."""
    options = _parser().parse_args()
    require_wrk()
    models = settings_or_exit().paths.models
    with tempfile.TemporaryDirectory() as folder:
        system = ServedSystem(models, Path(folder) / "system")
        with system.running():
            _round(system, Path(folder), seconds=1)
            rates = np.array(
                [_round(system, Path(folder), options.seconds) for _ in range(options.rounds)]
            )
    ratios = np.median(rates / rates[:, :1], axis=0)
    print(f"{'one row a request':24} {'requests/s':>10} {'ratio':>6}")
    for name, rate, ratio in zip(NAMES, np.median(rates, axis=0), ratios, strict=True):
        print(ROW.format(name=name, rate=rate, ratio=ratio))


def _round(system: ServedSystem, folder: Path, seconds: int) -> list[float]:
    rates = []
    for path, body in forms_of(EXAMPLE):
        bodies = folder / "body"
        bodies.write_text(json.dumps(body) + "\n", encoding="utf-8")
        figures = run_load(system.url + path, bodies, seconds)
        system.drain()
        if figures.refused or figures.broken:
            raise SystemExit(f"{path} did not answer everything with 200: {figures}.")
        rates.append(figures.requests_per_second)
    return rates


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.protocols", description=__doc__
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count")
    parser.add_argument("--seconds", type=int, default=4, help="length of one run under load")
    return parser


if __name__ == "__main__":
    main()
