"""What one district says about itself: raw inputs, ratios, turned coordinates."""

from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from storage.domain.inputs import FEATURE_NAMES
from storage.domain.place import LATITUDE, LONGITUDE, LONGITUDE_SHRINKAGE
from storage.schema.arrays import FloatArray
from training.features.base import DistrictTransformer
from training.features.columns import BEDROOMS, INCOME, OCCUPANCY, POPULATION, ROOMS
from training.features.map_coordinates import on_grid
from training.features.raw_inputs import SMALLEST_POSITIVE
from training.kernels.compiled import compiled

RATIO_NAMES = (
    "bedrooms_per_room",
    "rooms_per_occupant",
    "bedrooms_per_occupant",
    "households",
    "income_times_rooms",
    "income_per_occupant",
)
TURNS_DEGREES = (15.0, 30.0, 45.0, 60.0, 75.0)
"""A tree cuts along axes; with turned axes it can follow a coast."""
TURNS = len(TURNS_DEGREES)
COSINES, SINES = np.cos(np.deg2rad(TURNS_DEGREES)), np.sin(np.deg2rad(TURNS_DEGREES))
RAW_END = len(FEATURE_NAMES)
RATIOS_END = RAW_END + len(RATIO_NAMES)
DISTRICT_END = RATIOS_END + 2 * TURNS


class DistrictRatios(DistrictTransformer):
    """Raw inputs, ratios of them, and the place on axes turned by several angles.

    Nothing is learned: ``fit`` only checks.

    Examples
    --------
    >>> district = [[8.3, 41.0, 7.0, 1.0, 322.0, 2.6, 37.88, -122.23]]
    >>> DistrictRatios().fit_transform(district).shape
    (1, 24)
    """

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike | None = None) -> Self:
        """Check the inputs, of shape (n, d); ``y`` is ignored."""
        self._checked(X, reset=True)
        return self

    def transform(self, X: npt.ArrayLike) -> FloatArray:
        """Return the features, shape (n, 24), of districts of shape (n, d) in schema order."""
        check_is_fitted(self, "n_features_in_")
        inputs = self._checked(X, reset=False)
        features = np.empty((len(inputs), DISTRICT_END))
        describe_districts(inputs, features)
        return features

    def names(self) -> list[str]:
        """Return the names of the 24 columns, the raw inputs first."""
        turned = [
            f"{axis}_{angle:.0f}_degrees" for axis in ("along", "across") for angle in TURNS_DEGREES
        ]
        return [*FEATURE_NAMES, *RATIO_NAMES, *turned]


@compiled
def describe_districts(inputs: FloatArray, features: FloatArray) -> None:
    """Fill features, shape (n, 24), from inputs of shape (n, d) in schema order."""
    for row in range(inputs.shape[0]):
        features[row, :RAW_END] = inputs[row]
        for axis in (LATITUDE, LONGITUDE):
            features[row, axis] = on_grid(inputs[row, axis])
        _fill_ratios(inputs[row], features[row, RAW_END:RATIOS_END])
        _fill_turned_places(features[row, :RAW_END], features[row, RATIOS_END:DISTRICT_END])


@compiled
def _fill_ratios(inputs: FloatArray, features: FloatArray) -> None:
    income, rooms, bedrooms = inputs[INCOME], inputs[ROOMS], inputs[BEDROOMS]
    occupancy = max(inputs[OCCUPANCY], SMALLEST_POSITIVE)
    features[0] = bedrooms / max(rooms, SMALLEST_POSITIVE)
    features[1] = rooms / occupancy
    features[2] = bedrooms / occupancy
    features[3] = inputs[POPULATION] / occupancy
    features[4] = income * rooms
    features[5] = income / occupancy


@compiled
def _fill_turned_places(inputs: FloatArray, features: FloatArray) -> None:
    east, north = inputs[LONGITUDE] * LONGITUDE_SHRINKAGE, inputs[LATITUDE]
    for turn in range(TURNS):
        features[turn] = east * COSINES[turn] + north * SINES[turn]
        features[TURNS + turn] = north * COSINES[turn] - east * SINES[turn]
