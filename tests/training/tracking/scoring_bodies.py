"""Bodies of MLflow's scoring protocol, good and bad, in all its forms."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd  # type: ignore[import-untyped] # ships no types

from storage.domain.inputs import FEATURE_NAMES
from storage.schema.arrays import FloatArray

Json = dict[str, Any]
Rows = list[Json]
JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"


class Sent(NamedTuple):
    """One body; ``change`` says what is special about it."""

    change: str
    form: str
    kind: str
    content: bytes


def _set(value: Any) -> Callable[[Rows, str], Rows]:
    return lambda rows, name: [row | {name: value} for row in rows]


CHANGES: dict[str, Callable[[Rows, str], Rows]] = {
    "nothing": lambda rows, _: rows,
    "other order": lambda rows, _: [dict(reversed(row.items())) for row in rows],
    "whole number": _set(3),
    "column missing": lambda rows, gone: [
        {name: value for name, value in row.items() if name != gone} for row in rows
    ],
    "further column": lambda rows, _: [row | {"further": 1.0} for row in rows],
    "number as text": _set("3.5"),
    "a word": _set("many"),
    "true": _set(True),
    "nothing there": _set(None),
    "not a number": _set(float("nan")),
    "out of range": lambda rows, _: [row | {"MedInc": -5.0} for row in rows],
    "a list": _set([1.0]),
    "no row": lambda *_: [],
}
UNKNOWN = "unknown field"
REFUSED_BY_US = {"further column", "number as text", "true", "out of range", UNKNOWN}
"""What MLflow takes, silently: docs/how-to/call-by-a-protocol.md says so."""
WHOLE: dict[str, tuple[str, bytes]] = {
    "not JSON": (JSON, b"{"),
    "a list at the top": (JSON, b"[]"),
    "no form": (JSON, b"{}"),
    "plain arrays": (JSON, json.dumps({"instances": [[1.0] * len(FEATURE_NAMES)]}).encode()),
    "a kind of its own": ("text/plain", b"{}"),
    "another charset": (f"{CSV}; charset=latin-1", b"a"),
    "not UTF-8": (CSV, b"\xff\xfe"),
}


def bodies(inputs: FloatArray, seed: int, number: int) -> Iterator[Sent]:
    """Yield so many bodies of one to three rows, each change in each form by turns, and the odd ones."""
    random = np.random.default_rng(seed)
    for change, (kind, content) in WHOLE.items():
        yield Sent(change, "whole", kind, content)
    pairs = [(change, form) for change in CHANGES for form in FORMS]
    for count in range(number - len(WHOLE)):
        change, form = pairs[count % len(pairs)]
        chosen = inputs[random.integers(0, len(inputs), random.integers(1, 4))]
        rows = [dict(zip(FEATURE_NAMES, row, strict=True)) for row in chosen.tolist()]
        name = str(random.choice(FEATURE_NAMES[:4]))
        said = UNKNOWN if form == UNKNOWN else change
        yield Sent(said, form, *FORMS[form](CHANGES[change](rows, name)))


def _json(form: str, made: Callable[[Rows], Any]) -> Callable[[Rows], tuple[str, bytes]]:
    return lambda rows: (JSON, json.dumps({form: made(rows)}).encode())


def _split(rows: Rows) -> Json:
    columns = [*rows[0]] if rows else [*FEATURE_NAMES]
    return {"columns": columns, "data": [[*row.values()] for row in rows]}


def _lists(rows: Rows) -> Json:
    names = rows[0] if rows else FEATURE_NAMES
    return {name: [row[name] for row in rows] for name in names}


def _csv(rows: Rows) -> tuple[str, bytes]:
    frame = pd.DataFrame(rows, columns=None if rows else [*FEATURE_NAMES])
    return CSV, frame.to_csv(index=False).encode()


FORMS: dict[str, Callable[[Rows], tuple[str, bytes]]] = {
    "split": _json("dataframe_split", _split),
    "records": _json("dataframe_records", lambda rows: rows),
    "instances": _json("instances", lambda rows: rows),
    "inputs": _json("inputs", _lists),
    UNKNOWN: lambda rows: (JSON, json.dumps({"dataframe_records": rows, "more": 1}).encode()),
    "csv": _csv,
}
