"""A table whose rows have dates, as a person writes them."""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

ROWS = 400
SEED = 11
TARGET = "price"
TIME = "sold"
FIRST_DAY = date(2022, 1, 1)


def write_sales(path: Path) -> Path:
    """Write the rows as CSV, in no order, two a day; return the path."""
    random = np.random.default_rng(SEED)
    days = random.permutation(ROWS) // 2
    size = random.uniform(20, 120, ROWS).round(1)
    kind = random.choice(["flat", "house"], ROWS)
    price = 900 + 12 * size + 300 * (kind == "house") + random.normal(0, 40, ROWS)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([TIME, "size", "kind", TARGET])
        for row in range(ROWS):
            sold = FIRST_DAY + timedelta(int(days[row]))
            writer.writerow([f"{sold:%d.%m.%Y}", size[row], kind[row], round(price[row], 2)])
    return path
