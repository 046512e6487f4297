"""Logarithms of the raw inputs."""

import numpy as np

from storage.domain.place import LATITUDE
from storage.schema.arrays import FloatArray
from training.kernels.compiled import compiled

SMALLEST_POSITIVE = 1e-3
"""Anything smaller counts as this before it divides or goes into a logarithm."""


@compiled
def positive_logarithm(values: FloatArray) -> FloatArray:
    """Return natural logarithms of shape (n,), values below 0.001 counted as 0.001.

    Examples
    --------
    >>> positive_logarithm(np.array([1.0, 0.0])).round(3).tolist()
    [0.0, -6.908]
    """
    logs = np.empty(values.shape[0])
    for position in range(values.shape[0]):
        logs[position] = np.log(max(values[position], SMALLEST_POSITIVE))
    return logs


@compiled
def logarithms(inputs: FloatArray) -> FloatArray:
    """Return log income, age, rooms, bedrooms, population and occupancy.

    Parameters
    ----------
    inputs
        Shape (n, d), schema order and units.

    Returns
    -------
    ndarray of shape (n, 6)
    """
    logs = np.empty((inputs.shape[0], LATITUDE))
    for row in range(inputs.shape[0]):
        logs[row] = positive_logarithm(inputs[row, :LATITUDE])
    return logs
