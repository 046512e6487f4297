"""What pages need to know about the table besides its inputs and target."""

from storage.domain.presets import DISTRICTS, District, district_of
from storage.domain.sentence import in_sentence, with_article
from storage.domain.slices import REGION_KINDS, SLICE_LABELS
from storage.domain.subject import ABOUT, SUBJECT, SUBJECTS, TITLE

__all__ = [
    "ABOUT",
    "DISTRICTS",
    "REGION_KINDS",
    "SLICE_LABELS",
    "SUBJECT",
    "SUBJECTS",
    "TITLE",
    "District",
    "district_of",
    "in_sentence",
    "with_article",
]
