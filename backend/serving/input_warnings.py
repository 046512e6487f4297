"""Which inputs of a request are unlike the training data, in words."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backend.contract.predictions import InputWarning
from storage.domain.inputs import FEATURE_NAMES
from training.models.reference_profile import PERCENTILES, ReferenceProfile

FEW_LOW, FEW_HIGH = PERCENTILES.index(0.1), PERCENTILES.index(99.9)


class InputWarnings:
    """A warning for each input below the 0.1th or above the 99.9th percentile of what the model saw."""

    def __init__(self, profile: ReferenceProfile) -> None:
        self._percentiles = profile.percentiles
        low, high = profile.percentiles[:, FEW_LOW], profile.percentiles[:, FEW_HIGH]
        self._usual = list(zip(low.tolist(), high.tolist(), strict=True))

    def of(self, inputs: Sequence[float]) -> list[InputWarning]:
        """Return the warnings about eight inputs, in schema order."""
        # Plain numbers, because eight are too few for arrays: this runs for every request.
        return [
            _warning(self._percentiles[column], column, value)
            for column, (value, (low, high)) in enumerate(zip(inputs, self._usual, strict=True))
            if not low <= value <= high
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
