"""Compare the product with CatBoost on public tables that nobody tuned it to (``make bench-tables``).

Each table is described as a person would, all candidates compete as in a training, and CatBoost has its
defaults, the categories and early stopping on the same validation part. Three splits of a table without
times, one of a table with them. Every finished split is written at once.
"""

import storage.ctrl_c

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from storage.settings import settings_or_exit
from tests.benchmarks.tables.summary import lines
from tests.benchmarks.tables.tables import TABLES, PublicTable, described

SEEDS = range(3)
RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Run all tables and print what came out."""
    settings_or_exit(writes=False)
    options = _parser().parse_args()
    results: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for table in TABLES:
            if table.name in options.tables:
                definition = described(table, Path(folder))
                results[table.name] = []
                for seed in SEEDS if not table.time else SEEDS[:1]:
                    results[table.name].append(_split(table, definition, seed))
                    options.output.write_text(
                        json.dumps(results, indent=1) + "\n", encoding="utf-8"
                    )
    print("\n".join(lines(results)))


def _split(table: PublicTable, definition: Path, seed: int) -> dict[str, Any]:
    found = {who: _competitor(who, definition, seed) for who in ("ours", "catboost")}
    told = {who: f"{figures['rmse']:.4g} ({figures['model']})" for who, figures in found.items()}
    print(
        f"{table.name}, split {seed}: RMSE {told['ours']}, CatBoost {told['catboost']}", flush=True
    )
    return found


def _competitor(who: str, definition: Path, seed: int) -> dict[str, Any]:
    out = definition / f"{who}.json"
    module = "tests.benchmarks.tables.competitor"
    environment = os.environ | {"HOUSING_TABLE": str(definition)}
    command = [sys.executable, "-m", module, who, str(seed), str(out)]
    subprocess.run(command, check=True, env=environment)
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.tables", description=__doc__)
    names = [table.name for table in TABLES]
    parser.add_argument("--tables", nargs="+", choices=names, default=names)
    parser.add_argument("--output", type=Path, default=RESULTS, help="JSON file to write")
    return parser


if __name__ == "__main__":
    main()
