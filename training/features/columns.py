"""Columns of an array of inputs, shape (n, d), by what they mean: for features of the embedded table only."""

from storage.domain.inputs import FEATURE_NAMES

NOWHERE = -1
"""In another table. These modules are imported there too, by what numba keeps on disk, but do nothing."""


def _column(name: str) -> int:
    return FEATURE_NAMES.index(name) if name in FEATURE_NAMES else NOWHERE


INCOME = _column("MedInc")
AGE = _column("HouseAge")
ROOMS = _column("AveRooms")
BEDROOMS = _column("AveBedrms")
POPULATION = _column("Population")
OCCUPANCY = _column("AveOccup")


def refuse_other_tables() -> None:
    """Refuse to make features of inputs that are not there.

    Raises
    ------
    ValueError
        If the table in use is not the embedded one, or one with its inputs.
    """
    if NOWHERE in (INCOME, AGE, ROOMS, BEDROOMS, POPULATION, OCCUPANCY):
        raise ValueError(
            "its features are made of the inputs of California housing, which this table lacks"
        )
