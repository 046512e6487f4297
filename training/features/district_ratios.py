"""What one district says about itself: raw inputs, ratios, turned coordinates."""

from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from storage.schema.features import FEATURE_NAMES
from training.dataset.table import FloatArray
from training.features.base import DistrictTransformer
from training.features.map_coordinates import LONGITUDE_SHRINKAGE
from training.features.raw_inputs import (
    BEDROOMS,
    INCOME,
    LATITUDE,
    LONGITUDE,
    OCCUPANCY,
    POPULATION,
    ROOMS,
    SMALLEST_POSITIVE,
)

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
        """Check the inputs, of shape (n, 8); ``y`` is ignored."""
        self._checked(X, reset=True)
        return self

    def transform(self, X: npt.ArrayLike) -> FloatArray:
        """Return the features, shape (n, 24), of districts of shape (n, 8) in schema order."""
        check_is_fitted(self, "n_features_in_")
        inputs = self._checked(X, reset=False)
        return np.column_stack([inputs, _ratios(inputs), _turned_places(inputs)])

    def names(self) -> list[str]:
        """Return the names of the 24 columns, the raw inputs first."""
        turned = [
            f"{axis}_{angle:.0f}_degrees" for axis in ("along", "across") for angle in TURNS_DEGREES
        ]
        return [*FEATURE_NAMES, *RATIO_NAMES, *turned]


def _ratios(inputs: FloatArray) -> FloatArray:
    income, rooms, bedrooms = inputs[:, INCOME], inputs[:, ROOMS], inputs[:, BEDROOMS]
    occupancy = np.maximum(inputs[:, OCCUPANCY], SMALLEST_POSITIVE)
    return np.column_stack(
        [
            bedrooms / np.maximum(rooms, SMALLEST_POSITIVE),
            rooms / occupancy,
            bedrooms / occupancy,
            inputs[:, POPULATION] / occupancy,
            income * rooms,
            income / occupancy,
        ]
    )


def _turned_places(inputs: FloatArray) -> FloatArray:
    east, north = inputs[:, LONGITUDE] * LONGITUDE_SHRINKAGE, inputs[:, LATITUDE]
    angles = np.deg2rad(TURNS_DEGREES)
    along = np.multiply.outer(east, np.cos(angles)) + np.multiply.outer(north, np.sin(angles))
    across = np.multiply.outer(north, np.cos(angles)) - np.multiply.outer(east, np.sin(angles))
    return np.column_stack([along, across])
