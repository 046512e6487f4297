"""What makes two rows the same subject, however they were read: the ``[identity]`` of ``table.toml``.

A table without it: rows that are equal in all inputs.
"""

from storage.domain.place import LATITUDE, LONGITUDE
from storage.domain.table import TABLE

HAS_IDENTITY = TABLE.identity is not None
PLACE = (LATITUDE, LONGITUDE) if HAS_IDENTITY else ()
OTHERS = tuple(column for column in range(len(TABLE.names)) if column not in PLACE)
PLACE_DECIMALS = TABLE.identity.place_decimals if TABLE.identity else 0
"""Places are the same if they are equal when rounded to so many decimals of a degree."""
EQUAL_INPUTS = TABLE.identity.equal_inputs if TABLE.identity else len(TABLE.names)
"""So many inputs beside the place must be equal."""
