"""Real rows to start from: the ``[[presets]]`` of ``table.toml``."""

from dataclasses import dataclass

from storage.domain.inputs import FEATURES, HousingFeatures
from storage.domain.table import TABLE


@dataclass(frozen=True)
class District:
    """One block group: its inputs in training order, and the value recorded in the target's unit."""

    name: str
    kind: str
    inputs: tuple[float, ...]
    recorded_value: float

    @property
    def features(self) -> HousingFeatures:
        """The inputs, as the service takes them."""
        return HousingFeatures.of(self.inputs)


DISTRICTS: tuple[District, ...] = tuple(
    District(one.name, one.kind, tuple(one.vector(FEATURES)), one.recorded) for one in TABLE.presets
)


def district_of(features: HousingFeatures) -> District | None:
    """Return the district that has exactly these inputs, or None."""
    for district in DISTRICTS:
        if district.features == features:
            return district
    return None
