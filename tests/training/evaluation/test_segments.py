"""Segments of a table of one's own: categories, and rows that are without a value."""

import pytest

from tests.system import said_by

TABLE = """
name = "cars"
title = "Cars"
about = "predicts the price of a car"
subject = { singular = "car", plural = "cars" }

[data]
file = "rows.csv"

[target]
name = "price"
unit = "EUR"
accepted = [0, 100000]
resolution = 200
display = { label = "Price", step = 100, chart = { factor = 1, unit = "EUR" } }

[[inputs]]
name = "fuel"
label = "Fuel"
description = "What it burns."
kind = "category"
categories = ["diesel", "petrol"]
missing = true
example = "diesel"

[[inputs]]
name = "age"
label = "Age"
description = "Years."
missing = true
accepted = [0, 100]
typical = [0, 20]
step = 1
example = 3

[[segments]]
by = "categories"
kind = "fuel"
label = "Fuel"
input = "fuel"

[[segments]]
by = "quarters"
kind = "age"
label = "Age"
input = "age"
names = ["youngest", "young", "old", "oldest"]

[[segments]]
by = "bands"
kind = "decade"
label = "Decade"
input = "age"
unit = "years"
bands = [[0, 10]]
beyond = "older"
"""
PROGRAM = """
import numpy as np
from training.evaluation.slices import quarter_edges, segments_of
nan = float("nan")
inputs = np.array([[0.0, 1.0], [1.0, 2.0], [nan, 30.0], [1.0, nan], [0.0, 40.0]])
for kind, groups in segments_of(inputs, quarter_edges(inputs)).items():
    for name, rows in groups.items():
        print(kind, name, np.flatnonzero(rows).tolist(), sep="|")
"""


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    folder = tmp_path_factory.mktemp("cars")
    (folder / "table.toml").write_text(TABLE, encoding="utf-8")
    told = said_by("-c", PROGRAM, HOUSING_TABLE=str(folder))
    found: dict[str, dict[str, str]] = {}
    for line in told.splitlines():
        kind, name, rows = line.split("|")
        found.setdefault(kind, {})[name] = rows
    return found


def test_each_word_is_a_segment(segments: dict[str, dict[str, str]]) -> None:
    assert segments["fuel"] == {"diesel": "[0, 4]", "petrol": "[1, 3]", "no value": "[2]"}


def test_rows_without_a_value_are_in_no_quarter_and_no_band(
    segments: dict[str, dict[str, str]],
) -> None:
    assert segments["age"] == {
        "youngest": "[0]",
        "young": "[1]",
        "old": "[2]",
        "oldest": "[4]",
        "no value": "[3]",
    }
    assert segments["decade"] == {
        "0 to 10 years": "[0, 1]",
        "older": "[2, 4]",
        "no value": "[3]",
    }
