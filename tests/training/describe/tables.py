"""Small tables as people have them, and what is drafted from them."""

from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from storage.domain.definition import TableDefinition
from storage.domain.definition_file import read_definition
from training.describe.facts import Facts
from training.describe.folder import write_folder
from training.describe.options import Options
from training.describe.reading import read_file
from training.describe.roles import roles_of

ROWS = 400


def cars(rows: int = ROWS) -> pd.DataFrame:
    """Return cars with all that tables have: ids, dates, words, codes, gaps, copies and constants."""
    random = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "vin": [f"V{number:06d}" for number in range(rows)],
            "brand": random.choice(["Audi", "Opel", "Škoda"], rows),
            "fuel": random.choice(["petrol", "diesel", ""], rows, p=[0.6, 0.3, 0.1]),
            "year": random.integers(1998, 2024, rows),
            "mileage": random.gamma(2, 40_000, rows).astype(int),
            "power": random.normal(90, 20, rows).clip(30).round(1),
            "zip_code": random.choice([10115, 20095, 80331], rows),
            "sold": pd.date_range("2021-03-01", periods=rows, freq="D").strftime("%Y-%m-%d"),
            "country": "DE",
        }
    )
    frame["price"] = (
        40_000
        - 900 * (2024 - frame["year"])
        - 0.05 * frame["mileage"]
        + 80 * frame["power"]
        + random.normal(0, 1_500, rows)
    ).astype(int)
    frame["net"] = frame["price"] / 1.19
    frame["brand_again"] = frame["brand"].str.upper()
    return frame


def looked_at(options: Options) -> Facts:
    """Return what is found in a file."""
    seen = read_file(options)
    return Facts(options, seen, roles_of(seen, options))


def drafted_from(options: Options, folder: Path) -> TableDefinition:
    """Write a table and return its definition, read from there."""
    write_folder(looked_at(options), folder)
    return read_definition(folder)
