"""Real block groups to start from: exact rows of the California Housing table."""

from dataclasses import dataclass

from storage.domain.inputs import FEATURE_NAMES, HousingFeatures


@dataclass(frozen=True)
class District:
    """One block group: its inputs in training order, and the value recorded in 100,000 USD."""

    name: str
    kind: str
    inputs: tuple[float, ...]
    recorded_value: float

    @property
    def features(self) -> HousingFeatures:
        """The inputs, as the service takes them."""
        return HousingFeatures(**dict(zip(FEATURE_NAMES, self.inputs, strict=True)))


DISTRICTS: tuple[District, ...] = (
    District(
        "San Francisco",
        "Mission district, old rented houses",
        (
            2.5701,
            52,
            3.4194630872483223,
            1.0553691275167785,
            2007,
            3.36744966442953,
            37.76,
            -122.42,
        ),
        2.667,
    ),
    District(
        "Cupertino",
        "Silicon Valley suburb",
        (
            6.2182,
            30,
            5.982248520710059,
            1.0650887573964498,
            1440,
            2.8402366863905324,
            37.32,
            -122.06,
        ),
        3.808,
    ),
    District(
        "Pacific Palisades",
        "rich coast of Los Angeles",
        (8.8619, 41, 6.12396694214876, 0.987603305785124, 617, 2.549586776859504, 34.04, -118.55),
        5.00001,
    ),
    District(
        "Inner Los Angeles",
        "south of downtown, crowded and poor",
        (
            1.7115,
            51,
            3.3595800524934383,
            1.1076115485564304,
            1560,
            4.094488188976378,
            34.03,
            -118.27,
        ),
        1.25,
    ),
    District(
        "Delano",
        "farm town of the Central Valley",
        (
            2.2981,
            35,
            4.654589371980676,
            0.932367149758454,
            1371,
            3.3115942028985508,
            35.78,
            -119.25,
        ),
        0.699,
    ),
    District(
        "Grass Valley",
        "old mining town in the Sierra foothills",
        (2.2083, 52, 4.8561872909699, 1.0334448160535117, 637, 2.130434782608696, 39.21, -121.06),
        1.039,
    ),
)


def district_of(features: HousingFeatures) -> District | None:
    """Return the district that has exactly these inputs, or None."""
    for district in DISTRICTS:
        if district.features == features:
            return district
    return None
