"""The eight raw inputs as columns, and their logarithms."""

import numpy as np

from storage.schema.features import FEATURE_NAMES
from training.dataset.table import FloatArray
from training.features.compiled import compiled

INCOME, AGE, ROOMS, BEDROOMS, POPULATION, OCCUPANCY, LATITUDE, LONGITUDE = range(len(FEATURE_NAMES))

SMALLEST_POSITIVE = 1e-3
"""Anything smaller counts as this before it divides or goes into a logarithm."""


@compiled
def positive_logarithm(values: FloatArray) -> FloatArray:
    """Return the natural logarithm, values below 0.001 counted as 0.001.

    Examples
    --------
    >>> positive_logarithm(np.array([1.0, 0.0])).round(3).tolist()
    [0.0, -6.908]
    """
    logarithm: FloatArray = np.log(np.maximum(values, SMALLEST_POSITIVE))
    return logarithm


@compiled
def logarithms(inputs: FloatArray) -> FloatArray:
    """Return log income, age, rooms, bedrooms, population and occupancy.

    Parameters
    ----------
    inputs
        Shape (n, 8), schema order and units.

    Returns
    -------
    ndarray of shape (n, 6)
    """
    return positive_logarithm(inputs[:, :LATITUDE])
