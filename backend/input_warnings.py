"""Which inputs of a request are unlike the training data, in words."""

import numpy as np
from numpy.typing import NDArray

from backend.contract.predictions import InputWarning
from storage.schema.features import FEATURE_NAMES
from training.reference_profile import PERCENTILES, ReferenceProfile

FEW_LOW, FEW_HIGH = PERCENTILES.index(0.1), PERCENTILES.index(99.9)


def input_warnings(profile: ReferenceProfile, inputs: NDArray[np.float64]) -> list[InputWarning]:
    """Return a warning for each input below the 0.1th or above the 99.9th percentile.

    Parameters
    ----------
    profile
        What the model saw.
    inputs
        Shape (8,), in schema order.
    """
    low, high = profile.percentiles[:, FEW_LOW], profile.percentiles[:, FEW_HIGH]
    unusual = np.flatnonzero((inputs < low) | (inputs > high))
    return [
        _warning(profile.percentiles[column], column, inputs[column]) for column in unusual.tolist()
    ]


def _warning(percentiles: NDArray[np.float64], column: int, value: float) -> InputWarning:
    least, few_low, few_high, most = percentiles[[0, FEW_LOW, FEW_HIGH, -1]]
    if value < least:
        message = f"below everything in the training data (its minimum is {least:g})"
    elif value > most:
        message = f"above everything in the training data (its maximum is {most:g})"
    elif value < few_low:
        message = f"below the 0.1th percentile of the training data ({few_low:g})"
    else:
        message = f"above the 99.9th percentile of the training data ({few_high:g})"
    return InputWarning(field=FEATURE_NAMES[column], message=message)
