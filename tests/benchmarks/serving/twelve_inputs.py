"""A table of twelve inputs, three of them categories and two with gaps, to measure the request path on.

``python -m tests.benchmarks.serving.twelve_inputs FILE`` writes it as CSV.
"""

import csv
import sys
from pathlib import Path

import numpy as np

ROWS = 12_000
SEED = 12
TARGET = "rent"
NUMBERS = ("area", "rooms", "storey", "built", "balcony", "kitchen", "distance", "noise", "heating")
CATEGORIES = {
    "quarter": tuple(f"Q{number:02}" for number in range(24)),
    "state": ("new", "renovated", "kept", "worn"),
    "fuel": ("gas", "oil", "district heat", "pump", "wood"),
}
WITH_GAPS = ("noise", "heating")
GAP_SHARE = 0.1


def write_rows(path: Path, rows: int = ROWS) -> Path:
    """Write the rows, the same ones each time; return the path."""
    random = np.random.default_rng(SEED)
    numbers = random.gamma(4.0, 1.0, (rows, len(NUMBERS))).round(2)
    words = {name: random.integers(0, len(known), rows) for name, known in CATEGORIES.items()}
    target = (
        400
        + numbers @ random.normal(20, 15, len(NUMBERS))
        + 40 * np.sin(words["quarter"])
        + 25 * words["state"] * numbers[:, 0]
        + random.normal(0, 20, rows)
    ).round(1)
    gaps = random.random((rows, len(NUMBERS))) < GAP_SHARE
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow([*NUMBERS, *CATEGORIES, TARGET])
        for row in range(rows):
            cells = [
                "" if name in WITH_GAPS and gaps[row, place] else numbers[row, place]
                for place, name in enumerate(NUMBERS)
            ]
            known = [CATEGORIES[name][words[name][row]] for name in CATEGORIES]
            table.writerow([*cells, *known, target[row]])
    return path


if __name__ == "__main__":
    write_rows(Path(sys.argv[1]))
