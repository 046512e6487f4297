"""A second table, unlike the embedded one: ground temperatures at night, around zero, without a place.

It has numbers, whole numbers, a category, and values that are missing.
"""

from pathlib import Path

import numpy as np

from storage.domain.definition_file import FILE

ROWS = 600
SEED = 20
TARGET = "ground"
SURFACES = {"grass": 0.0, "asphalt": 2.0, "bare soil": 0.8}
"""The category, and how much warmer the ground stays on each."""
MISSING_SHARE = 0.1
INPUTS = {
    "dusk": ("Dusk temperature", "°C", (-30, 40), (-12, 22), 0.5, 6.0),
    "humidity": ("Humidity", "%", (0, 100), (30, 100), 1, 74.0),
    "dew_point": ("Dew point", "°C", (-40, 30), (-18, 16), 0.5, 1.0),
    "cloud": ("Cloud cover", "eighths", (0, 8), (0, 8), 1, 3.0),
    "wind": ("Wind", "m/s", (0, 60), (0, 14), 0.5, 3.0),
    "gust": ("Gusts", "m/s", (0, 90), (0, 25), 0.5, 6.0),
    "pressure": ("Air pressure", "hPa", (900, 1090), (980, 1040), 1, 1013.0),
    "trend": ("Pressure trend", "hPa in 3 h", (-30, 30), (-6, 6), 0.1, 0.2),
    "soil": ("Soil temperature", "°C", (-20, 40), (-4, 20), 0.5, 8.0),
    "moisture": ("Soil moisture", "", (0, 1), (0.05, 0.6), 0.01, 0.3),
    "snow": ("Snow depth", "cm", (0, 400), (0, 30), 1, 0.0),
    "rain": ("Rain since noon", "mm", (0, 300), (0, 20), 0.5, 0.0),
    "night": ("Length of the night", "h", (4, 20), (7, 17), 0.1, 11.5),
    "NDVI": ("NDVI", "", (-1, 1), (0.1, 0.9), 0.01, 0.5),
}
"""Label, unit, accepted and typical range, step and example by name."""
WHOLE = ("cloud", "snow")
"""Inputs without fractions."""
MAY_BE_MISSING = ("soil", "surface")
HEAD = """\
name = "night-frost"
title = "Night frost"
about = "predicts the lowest temperature at the ground in a night"
subject = { singular = "night", plural = "nights" }

[data]
file = "nights.csv"

[target]
name = "ground"
unit = "°C"
accepted = [-70, 45]
typical = [-20, 20]
resolution = 0.2

[target.display]
label = "Ground temperature"
suffix = " °C"
step = 0.1
chart = { factor = 1, unit = "°C" }

[[segments]]
by = "quarters"
kind = "humidity"
label = "Humidity"
input = "humidity"
names = ["driest quarter", "second quarter", "third quarter", "wettest quarter"]
"""


def write_frost(folder: Path) -> Path:
    """Write the table's definition and its rows, the same ones each time; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    inputs = [*(_definition(name) for name in INPUTS), _surface_definition()]
    (folder / FILE).write_text("\n".join([HEAD, *inputs]), encoding="utf-8")
    (folder / "nights.csv").write_text("\n".join(_rows()) + "\n", encoding="utf-8")
    return folder


def _definition(name: str) -> str:
    label, unit, accepted, typical, step, example = INPUTS[name]
    lines = [
        "[[inputs]]",
        f'name = "{name}"',
        f'label = "{label}"',
        f'unit = "{unit}"',
        f'description = "{label} of the night."',
        f'kind = "{"integer" if name in WHOLE else "number"}"',
        f"missing = {str(name in MAY_BE_MISSING).lower()}",
        f"accepted = {list(accepted)}",
        f"typical = {list(typical)}",
        f"step = {step}",
        f"example = {example}",
        "",
    ]
    return "\n".join(lines)


def _surface_definition() -> str:
    words = ", ".join(f'"{word}"' for word in SURFACES)
    return (
        '[[inputs]]\nname = "surface"\nlabel = "Surface"\ndescription = "What covers the ground."\n'
        f'kind = "category"\nmissing = true\ncategories = [{words}]\nexample = "grass"\n'
    )


def _rows() -> list[str]:
    """Return the lines of the file: a header, then a night each."""
    random = np.random.default_rng(SEED)
    values = _inputs(random)
    surfaces = random.choice(list(SURFACES), ROWS)
    ground = _ground(values, random) + np.array([SURFACES[word] for word in surfaces])
    missing = random.uniform(size=(ROWS, len(MAY_BE_MISSING))) < MISSING_SHARE
    soil = list(INPUTS).index("soil")
    lines = [",".join([*INPUTS, "surface", TARGET])]
    for row, word, answer, (no_soil, no_surface) in zip(
        values.tolist(), surfaces, ground.round(2).tolist(), missing, strict=True
    ):
        cells = [repr(value) for value in row]
        cells[soil] = "" if no_soil else cells[soil]
        lines.append(",".join([*cells, "" if no_surface else str(word), repr(answer)]))
    return lines


def _inputs(random: np.random.Generator) -> np.ndarray:
    """Return the numbers, shape (ROWS, number of inputs), within their typical ranges."""
    low, high = np.array([INPUTS[name][3] for name in INPUTS], dtype=float).T
    values = np.round(random.uniform(low, high, (ROWS, len(INPUTS))), 2)
    for name in WHOLE:
        column = list(INPUTS).index(name)
        values[:, column] = values[:, column].round()
    return values


def _ground(values: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return what clear, calm and long nights do to the temperature at dusk, with noise."""
    by_name = dict(zip(INPUTS, values.T, strict=True))
    loss = (8 - by_name["cloud"]) * 0.9 + np.maximum(0, 5 - by_name["wind"]) * 0.6
    warmth = 0.7 * by_name["dusk"] + 0.15 * by_name["dew_point"] + 0.1 * by_name["soil"]
    noise = random.normal(0, 1.0, len(values))
    return np.asarray(warmth - loss - 0.2 * by_name["night"] + noise)
