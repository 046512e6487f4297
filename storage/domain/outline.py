"""The outline of the land below a map: a file of the table's folder."""

import json
from pathlib import Path

from pydantic import TypeAdapter

from storage.domain.parts import Number
from storage.errors import InvalidDefinition

Ring = tuple[tuple[Number, Number], ...]
"""Points as (degrees east, degrees north); the last is the first."""
_RINGS = TypeAdapter(tuple[Ring, ...])
FEWEST_POINTS = 4
"""Of a ring: a triangle that closes."""


def read_outline(path: Path) -> tuple[Ring, ...]:
    """Return one ring for each piece of land.

    Raises
    ------
    InvalidDefinition
        If the file cannot be read, or is not ``{"rings": [[[east, north], ...], ...]}`` in degrees.
    """
    try:
        rings = _RINGS.validate_python(json.loads(path.read_text(encoding="utf-8"))["rings"])
    except OSError as error:
        raise InvalidDefinition(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidDefinition(_advice(path)) from error
    if not rings or not all(_closes(ring) for ring in rings):
        raise InvalidDefinition(_advice(path))
    return rings


def _closes(ring: Ring) -> bool:
    return len(ring) >= FEWEST_POINTS and ring[0] == ring[-1]


def _advice(path: Path) -> str:
    return (
        f'{path} is no outline: it must be JSON such as {{"rings": [[[east, north], ...], ...]}} in degrees, '
        "and the last point of each ring its first."
    )
