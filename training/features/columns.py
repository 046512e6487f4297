"""Columns of an array of inputs, shape (n, 8), by what they mean: only for features of the embedded table."""

from storage.domain.inputs import FEATURE_NAMES

INCOME = FEATURE_NAMES.index("MedInc")
AGE = FEATURE_NAMES.index("HouseAge")
ROOMS = FEATURE_NAMES.index("AveRooms")
BEDROOMS = FEATURE_NAMES.index("AveBedrms")
POPULATION = FEATURE_NAMES.index("Population")
OCCUPANCY = FEATURE_NAMES.index("AveOccup")
