"""What makes two rows the same district, however they were read."""

from storage.domain.inputs import FEATURE_NAMES, LATITUDE, LONGITUDE

PLACE = (LATITUDE, LONGITUDE)
OTHERS = tuple(column for column in range(len(FEATURE_NAMES)) if column not in PLACE)
PLACE_DECIMALS = 2
"""The census's own resolution, about a kilometre."""
EQUAL_INPUTS = 2
"""Of the six inputs beside the place. Two districts at one place often share the age of their houses, hardly
ever another number too."""
