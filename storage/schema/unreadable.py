"""Stored values that cannot be what was written: damage within a row, which SQLite does not notice."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

LARGEST = 1e15
"""No number that is recorded is larger, whatever its unit."""
OF_NUMBERS = {float, int, type(None)}


class UnreadableValue(Exception):
    """A stored value that cannot be what was written; the message says which."""


def decoded(text: str) -> dict[str, Any]:
    """Return a stored JSON value: all that are stored are objects."""
    try:
        found = json.loads(text)
        if "\\ud" in text:  # the half of a pair can be in no answer
            json.dumps(found, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise UnreadableValue(f"a stored value is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise UnreadableValue("a stored value is no JSON object")
    return found


def refuse_unreadable(
    columns: Iterable[sa.ColumnElement[Any]], rows: Sequence[Sequence[Any]]
) -> None:
    """Refuse rows with something else than a possible number in a column of numbers."""
    for place, column in enumerate(columns):
        if isinstance(column.type, sa.Float) and not _are_possible([row[place] for row in rows]):
            raise UnreadableValue(f"a stored {column.key} is no possible number")


def _are_possible(values: list[Any]) -> bool:
    if not set(map(type, values)) <= OF_NUMBERS:
        return False
    return not np.any(np.abs(np.array(values, dtype=np.float64)) > LARGEST)
