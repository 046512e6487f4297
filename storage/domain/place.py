"""Where the rows lie, and what a flat map of them needs: the ``[place]`` of ``table.toml``.

A table without a place has none of this: look at ``HAS_PLACE`` before you use the rest.
"""

from functools import cache

from storage.domain.definition import Place
from storage.domain.outline import Ring as Ring
from storage.domain.outline import read_outline
from storage.domain.table import FOLDER, TABLE

HAS_PLACE = TABLE.place is not None
_place = TABLE.place or Place(
    latitude=TABLE.names[0],
    longitude=TABLE.names[0],
    middle_latitude=0.0,
    longitude_shrinkage=1.0,
    steps_per_degree=1.0,
)

LATITUDE_NAME, LONGITUDE_NAME = _place.latitude, _place.longitude
LATITUDE = TABLE.names.index(_place.latitude)
LONGITUDE = TABLE.names.index(_place.longitude)
"""Columns of an array of inputs."""
MIDDLE_LATITUDE = _place.middle_latitude
"""Degrees north where a drawn map has the same scale in both directions."""
LONGITUDE_SHRINKAGE = _place.longitude_shrinkage
"""A degree of longitude over one of latitude."""
COAST_ANGLE_DEGREES = _place.coast_angle_degrees
"""Turn of the map that puts the first axis along the direction in which the rows spread most."""
STEPS_PER_DEGREE = _place.steps_per_degree
"""Places are told apart by such steps: coordinates arrive rounded, as float32, or a hair off."""


@cache
def outline() -> tuple[Ring, ...]:
    """Return the outline of the land, one ring for each piece; none if the table does not have it."""
    return () if _place.outline is None else read_outline(FOLDER / _place.outline)
