"""Where the rows lie, if the table has a place; look at ``HAS_PLACE`` before you use the rest."""

from storage.domain.place import (
    HAS_PLACE,
    LATITUDE_NAME,
    LONGITUDE_NAME,
    MIDDLE_LATITUDE,
    Ring,
    outline,
)

__all__ = [
    "HAS_PLACE",
    "LATITUDE_NAME",
    "LONGITUDE_NAME",
    "MIDDLE_LATITUDE",
    "Ring",
    "outline",
]
