"""A second table, unlike the embedded one: ground temperatures at night, around zero, without a place."""

from pathlib import Path

import numpy as np

from storage.domain.definition_file import FILE

ROWS = 600
SEED = 20
TARGET = "ground"
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
    inputs = [_definition(name) for name in INPUTS]
    (folder / FILE).write_text("\n".join([HEAD, *inputs]), encoding="utf-8")
    rows = np.column_stack([_inputs(), _ground(_inputs())])
    lines = [",".join([*INPUTS, TARGET]), *(",".join(map(repr, row)) for row in rows.tolist())]
    (folder / "nights.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
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
        f"accepted = {list(accepted)}",
        f"typical = {list(typical)}",
        f"step = {step}",
        f"example = {example}",
        "",
    ]
    return "\n".join(lines)


def _inputs() -> np.ndarray:
    """Return the inputs, shape (ROWS, number of inputs), most within their typical ranges."""
    random = np.random.default_rng(SEED)
    low, high = np.array([INPUTS[name][3] for name in INPUTS], dtype=float).T
    values = np.round(random.uniform(low, high, (ROWS, len(INPUTS))), 2)
    for name in WHOLE:
        values[:, list(INPUTS).index(name)] = values[:, list(INPUTS).index(name)].round()
    return values


def _ground(values: np.ndarray) -> np.ndarray:
    """Return what clear, calm and long nights do to the temperature at dusk, with noise."""
    by_name = dict(zip(INPUTS, values.T, strict=True))
    random = np.random.default_rng(SEED + 1)
    loss = (8 - by_name["cloud"]) * 0.9 + np.maximum(0, 5 - by_name["wind"]) * 0.6
    warmth = 0.7 * by_name["dusk"] + 0.15 * by_name["dew_point"] + 0.1 * by_name["soil"]
    noise = random.normal(0, 1.0, len(values))
    return np.asarray(np.round(warmth - loss - 0.2 * by_name["night"] + noise, 2))
