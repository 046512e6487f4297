"""What changes in simulated traffic, with the defaults filled in: the ``[simulation]`` of ``table.toml``."""

from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.table import TABLE

_numbers = [place for place, feature in enumerate(FEATURES) if not feature.is_category] or [0]
_stuck = TABLE.simulation.stuck

DRIFTING = (
    _numbers[0]
    if TABLE.simulation.drifting is None
    else FEATURE_NAMES.index(TABLE.simulation.drifting)
)
"""Column of which high values become more frequent."""
STUCK = _numbers[-1] if _stuck is None else FEATURE_NAMES.index(_stuck.input)
STUCK_AT = float(FEATURES[STUCK].typical.highest if _stuck is None else _stuck.value)
"""A column that always has this value."""
NEW_ROWS = TABLE.simulation.new
"""Rows of a kind that training hardly has; None: where the definition does not say."""
