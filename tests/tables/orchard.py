"""A file as a person has it: apple trees, with words, whole numbers, gaps, and a gain that may be below 0."""

import csv
from pathlib import Path

import numpy as np

ROWS = 700
SEED = 7
TARGET = "gain"
CATEGORIES = {
    "variety": ("Boskop", "Elstar", "Gala", "Topaz"),
    "rootstock": ("M26", "M9", "MM111"),
}
GAP_SHARE = 0.1


def write_orchard(path: Path) -> Path:
    """Write the rows as CSV, the same ones each time; return the path.

    A tenth of the rows has no ``rootstock``, another tenth no ``pruned``; the gain depends on both.
    """
    random = np.random.default_rng(SEED)
    variety = random.integers(0, 4, ROWS)
    rootstock = random.integers(0, 3, ROWS)
    age = random.integers(3, 40, ROWS)
    water = random.uniform(200, 900, ROWS).round(1)
    pruned = random.uniform(0, 1, ROWS).round(3)
    lacks_stock, lacks_pruned = random.random((2, ROWS)) < GAP_SHARE
    gain = (
        np.array([-6.0, 2.0, 0.0, 5.0])[variety]
        + np.array([3.0, -1.0, 0.0])[rootstock] * ~lacks_stock
        + np.where(lacks_pruned, -4.0, 6 * pruned)
        + 0.01 * water
        - 0.15 * age
        + random.normal(0, 1, ROWS)
    ).round(2)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["variety", "rootstock", "age", "water", "pruned", TARGET])
        for row in range(ROWS):
            writer.writerow(
                [
                    CATEGORIES["variety"][variety[row]],
                    "" if lacks_stock[row] else CATEGORIES["rootstock"][rootstock[row]],
                    age[row],
                    water[row],
                    "" if lacks_pruned[row] else pruned[row],
                    gain[row],
                ]
            )
    return path
