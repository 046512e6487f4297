"""The segments that errors are shown and compared by: the ``[segments]`` of ``table.toml``."""

from dataclasses import dataclass
from math import inf

from storage.domain import segments
from storage.domain.table import TABLE

_quarters, _bands, _regions = TABLE.segments.quarters, TABLE.segments.bands, TABLE.segments.regions

SLICE_LABELS = {one.kind: one.label for one in (_regions, _quarters, _bands)}

QUARTERED_INPUT = TABLE.names.index(_quarters.input)
QUARTER_NAMES = tuple(_quarters.names)

BANDED_INPUT = TABLE.names.index(_bands.input)
AGE_BANDS = tuple((band.lowest, band.highest) for band in _bands.bands)
"""First and last value of each band."""
OLDEST_BAND = _bands.beyond

Line = tuple[tuple[float, float], tuple[float, float]]
"""Two places, as degrees north and east."""
EAST_END: Line = ((0.0, 180.0), (1.0, 180.0))


@dataclass(frozen=True)
class RegionRule:
    """A part of the map, all in degrees, as numbers without a gap.

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
    south: float
    north: float
    east_of: float
    line: Line


def _rule(said: segments.RegionRule) -> RegionRule:
    return RegionRule(
        region=said.name,
        south=-inf if said.south is None else said.south,
        north=inf if said.north is None else said.north,
        east_of=-inf if said.east_of is None else said.east_of,
        line=EAST_END if said.west_of is None else _line(said.west_of),
    )


def _line(places: list[list[float]]) -> Line:
    (south, west), (north, east) = places
    return (south, west), (north, east)


REGION_RULES = tuple(_rule(said) for said in _regions.rules)
"""The first rule that holds decides; the last one takes the rest."""
REGION_NAMES = tuple(dict.fromkeys(rule.region for rule in REGION_RULES))
