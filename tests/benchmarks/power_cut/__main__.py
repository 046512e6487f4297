"""What flushing the spool costs: ``python -m tests.benchmarks.power_cut``; two minutes on two idle cores.

One service for each value of ``HOUSING_SPOOL_SYNC`` runs, and they take turns under the same load, so that a
machine that is busy with something else slows all. Figures are medians over the rounds. The disk is that of
``--folder``: on one in memory a flush costs nothing.
"""

import storage.ctrl_c

import argparse
import json
import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

import numpy as np

from storage.domain.inputs import EXAMPLE
from storage.paths import RuntimePaths
from storage.setting_groups.records import SpoolSync
from storage.settings import settings_or_exit
from tests.benchmarks.serving.load import LoadFigures, require_wrk, run_load
from tests.benchmarks.serving.served_system import ServedSystem
from tests.benchmarks.serving.summary import medians

MODES: tuple[SpoolSync, ...] = get_args(SpoolSync)
BASELINE = "off"
PROBES = 50
ROW = "{mode:10} {requests_per_second:10,.0f} {ratio:9.2f} {p50_milliseconds:9.2f} {p99_milliseconds:9.2f}"


def main() -> None:
    """Measure and print."""
    options = _parser().parse_args()
    require_wrk()
    models = RuntimePaths((options.runtime or settings_or_exit().paths.root).absolute()).models
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        print(f"One flush of 500 bytes: {_flush_milliseconds(Path(folder)):.2f} ms (median).")
        for connections in options.connections:
            rounds = _measure(models, Path(folder), options.rounds, options.seconds, connections)
            _print(rounds, connections)


def _measure(
    models: Path, folder: Path, rounds: int, seconds: int, connections: int
) -> dict[str, list[LoadFigures]]:
    bodies = folder / "bodies"
    bodies.write_text(json.dumps(EXAMPLE) + "\n", encoding="utf-8")
    figures: dict[str, list[LoadFigures]] = {mode: [] for mode in MODES}
    with ExitStack() as stack:
        systems = {
            mode: ServedSystem(models, folder / f"{mode} {connections}", HOUSING_SPOOL_SYNC=mode)
            for mode in MODES
        }
        for system in systems.values():
            stack.enter_context(system.running())
        for number in range(rounds + 1):
            for mode, system in systems.items():
                seen = run_load(f"{system.url}/predict", bodies, seconds, connections)
                system.drain()
                if number:  # the first round warms up
                    figures[mode].append(seen)
    return figures


def _flush_milliseconds(folder: Path) -> float:
    taken = []
    with (folder / "probe").open("ab", buffering=0) as file:
        for _ in range(PROBES):
            file.write(bytes(500))
            started = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - started)
    return 1e3 * float(np.median(taken))


def _print(figures: dict[str, list[LoadFigures]], connections: int) -> None:
    print(f"\n{connections} connections\nsync       requests/s     ratio  p50 (ms)  p99 (ms)")
    for mode, rounds in figures.items():
        pairs = zip(rounds, figures[BASELINE], strict=True)
        ratio = np.median(
            [each.requests_per_second / base.requests_per_second for each, base in pairs]
        )
        print(ROW.format(mode=mode, ratio=ratio, **medians(rounds)))
        failed = sum(each.refused + each.broken for each in rounds)
        if failed:
            print(f"{failed} requests of {mode} failed.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.power_cut", description=__doc__
    )
    parser.add_argument("--runtime", type=Path, help="folder with the champion")
    parser.add_argument("--folder", type=Path, help="where to write; default: the system's own")
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count")
    parser.add_argument("--seconds", type=int, default=4, help="length of one run under load")
    parser.add_argument("--connections", type=int, nargs="+", default=[8, 64])
    return parser


if __name__ == "__main__":
    main()
