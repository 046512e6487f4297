"""What is predicted, its unit, and how a value of it is written for a person."""

from storage.domain.target import (
    ACCEPTED_TARGETS,
    DISPLAY,
    NOTE,
    RESOLUTION,
    TARGET_CAP,
    TARGET_UNIT,
    UNIT_WORDS,
    USUAL_ANSWERS,
    VALUE,
)
from storage.domain.written import (
    EXACT,
    digits,
    rounded,
    unrounded,
    written,
    written_difference,
    written_exactly,
)

__all__ = [
    "ACCEPTED_TARGETS",
    "DISPLAY",
    "EXACT",
    "NOTE",
    "RESOLUTION",
    "TARGET_CAP",
    "TARGET_UNIT",
    "UNIT_WORDS",
    "USUAL_ANSWERS",
    "VALUE",
    "digits",
    "rounded",
    "unrounded",
    "written",
    "written_difference",
    "written_exactly",
]
