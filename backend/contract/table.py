"""What pages need to know about the table besides its inputs and target."""

from storage.domain.place import MIDDLE_LATITUDE
from storage.domain.presets import DISTRICTS, District, district_of
from storage.domain.slices import SLICE_LABELS
from storage.domain.subject import ABOUT, SUBJECT, SUBJECTS, TITLE

__all__ = [
    "ABOUT",
    "DISTRICTS",
    "MIDDLE_LATITUDE",
    "SLICE_LABELS",
    "SUBJECT",
    "SUBJECTS",
    "TITLE",
    "District",
    "district_of",
]
