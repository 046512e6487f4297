"""The segments that errors are shown and compared by: the ``[[segments]]`` of ``table.toml``."""

from storage.domain.inputs import FEATURES
from storage.domain.segments import Categories, RegionRule, Regions, Segments
from storage.domain.table import TABLE

SEGMENTS = tuple(TABLE.segments)
"""All kinds of segments, in the order in which they are shown."""
SLICE_LABELS = {one.kind: one.label for one in SEGMENTS}
SLICE_KINDS = ", ".join(f"`{kind}`" for kind in SLICE_LABELS) or "none"
"""For descriptions."""
REGION_KINDS = {one.kind for one in SEGMENTS if isinstance(one, Regions)}
"""Segments whose names are those of places."""

EVERYWHERE = RegionRule(name="everywhere")
REGION_RULES = next(
    (tuple(one.rules) for one in SEGMENTS if isinstance(one, Regions)), (EVERYWHERE,)
)
"""The first rule that holds decides; the last one takes the rest."""
REGION_NAMES = tuple(dict.fromkeys(rule.name for rule in REGION_RULES))


def _names(one: Segments) -> list[str]:
    match one:
        case Regions():
            return [name.replace("_", " ") for name in REGION_NAMES]
        case Categories():
            words = next(feature.categories for feature in FEATURES if feature.name == one.input)
            return list(words or ())
        case _:
            return one.names


SEGMENT_NAMES = {one.kind: _names(one) for one in SEGMENTS}
"""By kind, in their order; rows without a value belong to none of these."""
