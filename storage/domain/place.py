"""Where the rows lie: what a flat map of California needs."""

MIDDLE_LATITUDE = 37.3
"""Degrees north where a drawn map has the same scale in both directions."""
LONGITUDE_SHRINKAGE = 0.79
"""Cosine of 37.5 degrees, California's middle: a degree of longitude over one of latitude."""
COAST_ANGLE_DEGREES = 45.0
"""Turn of the map that puts the first axis along the coast, where the districts spread most."""
STEPS_PER_DEGREE = 10_000.0
"""Places are told apart by steps of 11 m: coordinates arrive rounded, as float32, or a hair off."""
