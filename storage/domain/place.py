"""Where the rows lie, and what a flat map of them needs: the ``[place]`` of ``table.toml``."""

from storage.domain.table import TABLE

MIDDLE_LATITUDE = TABLE.place.middle_latitude
"""Degrees north where a drawn map has the same scale in both directions."""
LONGITUDE_SHRINKAGE = TABLE.place.longitude_shrinkage
"""A degree of longitude over one of latitude."""
COAST_ANGLE_DEGREES = TABLE.place.coast_angle_degrees
"""Turn of the map that puts the first axis along the direction in which the rows spread most."""
STEPS_PER_DEGREE = TABLE.place.steps_per_degree
"""Places are told apart by such steps: coordinates arrive rounded, as float32, or a hair off."""
