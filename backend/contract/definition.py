"""What pages need to know of the table's definition: its words, its target and, if it has one, its place.

Look at ``HAS_PLACE`` before you use what says where rows lie.
"""

from storage.domain.place import (
    HAS_PLACE,
    LATITUDE_NAME,
    LONGITUDE_NAME,
    MIDDLE_LATITUDE,
    Ring,
    outline,
)
from storage.domain.presets import PRESETS, PresetRow, preset_of
from storage.domain.sentence import in_sentence, with_article
from storage.domain.slices import REGION_KINDS, SEGMENT_NAMES, SLICE_LABELS
from storage.domain.subject import ABOUT, OF_ANOTHER_ROW, SUBJECT, SUBJECTS, TITLE
from storage.domain.table import IS_EMBEDDED
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
    roughly,
    rounded,
    unrounded,
    written,
    written_difference,
    written_exactly,
    written_roughly,
)

__all__ = [
    "ABOUT",
    "ACCEPTED_TARGETS",
    "DISPLAY",
    "EXACT",
    "HAS_PLACE",
    "IS_EMBEDDED",
    "LATITUDE_NAME",
    "LONGITUDE_NAME",
    "MIDDLE_LATITUDE",
    "NOTE",
    "OF_ANOTHER_ROW",
    "PRESETS",
    "REGION_KINDS",
    "RESOLUTION",
    "SEGMENT_NAMES",
    "SLICE_LABELS",
    "SUBJECT",
    "SUBJECTS",
    "TARGET_CAP",
    "TARGET_UNIT",
    "TITLE",
    "UNIT_WORDS",
    "USUAL_ANSWERS",
    "VALUE",
    "PresetRow",
    "Ring",
    "digits",
    "in_sentence",
    "outline",
    "preset_of",
    "roughly",
    "rounded",
    "unrounded",
    "with_article",
    "written",
    "written_difference",
    "written_exactly",
    "written_roughly",
]
