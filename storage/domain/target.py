"""What is predicted, its unit, and which values can be: the ``[target]`` of ``table.toml``."""

from math import inf

from storage.domain.table import TABLE

_target = TABLE.target

TARGET_NAME = _target.name
TARGET_UNIT = _target.unit
DISPLAY = _target.display
"""How a value is written for a person."""
NOTE = _target.note
"""What a value means, for a person; empty where the definition does not say."""
TARGET_CAP = inf if _target.cap is None else float(_target.cap)
"""Every higher value was recorded as this one: the target is censored here. Infinite: nowhere."""
CAPPED_FROM = TARGET_CAP if _target.capped_from is None else float(_target.capped_from)
"""Values at the cap are ``TARGET_CAP``, or this where a source rounded them."""
ACCEPTED_TARGETS = (float(_target.accepted.lowest), float(_target.accepted.highest))
"""Lowest and highest actual value that is taken."""
LOWEST_ANSWER = ACCEPTED_TARGETS[0]
HIGHEST_ANSWER = min(TARGET_CAP, ACCEPTED_TARGETS[1])
"""No prediction and no bound of an interval is outside these."""
RESOLUTION = float(_target.resolution)
"""Differences below it matter to nobody: intervals do not get narrower by difficulty than this."""
