"""What pages need to know about the housing table besides its inputs and target."""

from storage.domain.place import MIDDLE_LATITUDE
from storage.domain.presets import DISTRICTS, District, district_of
from storage.domain.slices import SLICE_LABELS

__all__ = ["DISTRICTS", "MIDDLE_LATITUDE", "SLICE_LABELS", "District", "district_of"]
