"""Real rows to start from: the ``[[presets]]`` of ``table.toml``."""

from dataclasses import dataclass

from storage.domain.inputs import FEATURES, HousingFeatures
from storage.domain.table import TABLE


@dataclass(frozen=True)
class PresetRow:
    """One row: its inputs in training order, and the value recorded in the target's unit."""

    name: str
    kind: str
    inputs: tuple[float, ...]
    recorded_value: float

    @property
    def features(self) -> HousingFeatures:
        """The inputs, as the service takes them."""
        return HousingFeatures.of(self.inputs)


PRESETS: tuple[PresetRow, ...] = tuple(
    PresetRow(one.name, one.kind, tuple(one.vector(FEATURES)), one.recorded)
    for one in TABLE.presets
)


def preset_of(features: HousingFeatures) -> PresetRow | None:
    """Return the row that has exactly these inputs, or None."""
    for preset in PRESETS:
        if preset.features == features:
            return preset
    return None
