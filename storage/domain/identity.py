"""What makes two rows the same district, however they were read: the ``[identity]`` of ``table.toml``."""

from storage.domain.inputs import LATITUDE, LONGITUDE
from storage.domain.table import TABLE

PLACE = (LATITUDE, LONGITUDE)
OTHERS = tuple(column for column in range(len(TABLE.names)) if column not in PLACE)
PLACE_DECIMALS = TABLE.identity.place_decimals
"""Places are the same if they are equal when rounded to so many decimals of a degree."""
EQUAL_INPUTS = TABLE.identity.equal_inputs
"""So many inputs beside the place must be equal."""
