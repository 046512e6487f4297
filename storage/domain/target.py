"""What is predicted, its unit, and which values can be: the ``[target]`` of ``table.toml``."""

from math import inf

from storage.domain.sentence import in_sentence
from storage.domain.table import TABLE

_target = TABLE.target

TARGET_NAME = _target.name
TARGET_UNIT = _target.unit
DISPLAY = _target.display
"""How a value is written for a person."""
VALUE = in_sentence(DISPLAY.label)
"""What a value is called, in a sentence."""
UNIT_WORDS = DISPLAY.unit or (TARGET_UNIT if DISPLAY.factor == 1 else "")
"""The written unit in words; may be empty."""
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
USUAL_ANSWERS = (
    (LOWEST_ANSWER, HIGHEST_ANSWER)
    if _target.typical is None
    else (float(_target.typical.lowest), float(_target.typical.highest))
)
"""A sensible scale to draw values on."""
RESOLUTION = float(_target.resolution)
"""Differences below it matter to nobody: intervals do not get narrower by difficulty than this."""
