"""The segments that errors are shown and compared by: the ``[segments]`` of ``table.toml``."""

from storage.domain.table import TABLE

_quarters, _bands, _regions = TABLE.segments.quarters, TABLE.segments.bands, TABLE.segments.regions

SLICE_LABELS = {one.kind: one.label for one in (_regions, _quarters, _bands)}

QUARTERED_INPUT = TABLE.names.index(_quarters.input)
QUARTER_NAMES = tuple(_quarters.names)

BANDED_INPUT = TABLE.names.index(_bands.input)
AGE_BANDS = tuple((band.lowest, band.highest) for band in _bands.bands)
"""First and last value of each band."""
OLDEST_BAND = _bands.beyond

REGION_RULES = tuple(_regions.rules)
"""The first rule that holds decides; the last one takes the rest."""
REGION_NAMES = tuple(dict.fromkeys(rule.name for rule in REGION_RULES))
