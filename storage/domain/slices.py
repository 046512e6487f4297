"""The segments that errors are shown and compared by: regions, income quarters, bands of house age."""

from dataclasses import dataclass
from math import inf

from storage.domain.inputs import AGE, INCOME

SLICE_LABELS = {"region": "Region", "income": "Income", "age": "House age"}

QUARTERED_INPUT = INCOME
QUARTER_NAMES = ("lowest quarter", "second quarter", "third quarter", "highest quarter")

BANDED_INPUT = AGE
AGE_BANDS = ((0, 10), (11, 20), (21, 30), (31, 40), (41, 51))
"""First and last year of each band; what is older is recorded as 52 in the census."""
OLDEST_BAND = "52 years or more"

Line = tuple[tuple[float, float], tuple[float, float]]
"""Two places, as degrees north and east."""


def meridian(east: float) -> Line:
    """Return the line of a longitude."""
    return (0.0, east), (1.0, east)


EAST_END = meridian(180.0)


@dataclass(frozen=True)
class RegionRule:
    """A part of the map, all in degrees.

    Attributes
    ----------
    south, north
        Above the first, up to the second.
    east_of
        From this longitude on.
    line
        West of the straight line through two places, the southern one first.
    """

    region: str
    south: float = -inf
    north: float = inf
    east_of: float = -inf
    line: Line = EAST_END


REGION_RULES = (
    RegionRule("north", south=39.0),
    RegionRule("bay_area", south=36.9, line=meridian(-121.6)),
    RegionRule("sacramento", south=37.9),
    RegionRule("central_coast", 34.2, 36.9, line=((34.2, -118.95), (36.9, -121.3))),
    RegionRule("central_valley", south=34.85),
    RegionRule("los_angeles", south=33.45, line=meridian(-117.68)),
    RegionRule("south_inland", south=33.45),
    RegionRule("south_inland", east_of=-116.0),
    RegionRule("san_diego"),
)
"""The first rule that holds decides; the last one takes the rest."""
REGION_NAMES = tuple(dict.fromkeys(rule.region for rule in REGION_RULES))
