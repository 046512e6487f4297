"""Warnings about inputs outside the usual range of the training data."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backend.contract.predictions import InputWarning
from storage.domain.feature import Feature
from storage.domain.inputs import FEATURES
from training.models.reference_profile import PERCENTILES, ReferenceProfile

INCOME_UNIT, INCOME_UNIT_DOLLARS = "10,000 USD a year", 10_000
FEW_LOW, FEW_HIGH = PERCENTILES.index(0.1), PERCENTILES.index(99.9)


class InputWarnings:
    """A warning for each input below the 0.1th or above the 99.9th percentile of the training data."""

    def __init__(self, profile: ReferenceProfile) -> None:
        self._percentiles = profile.percentiles
        low, high = profile.percentiles[:, FEW_LOW], profile.percentiles[:, FEW_HIGH]
        self._usual = list(zip(low.tolist(), high.tolist(), strict=True))

    def of(self, inputs: Sequence[float]) -> list[InputWarning]:
        """Return the warnings about eight inputs, in schema order."""
        # Plain numbers are faster than arrays for eight values, and this runs for every request.
        return [
            _warning(self._percentiles[column], column, value)
            for column, (value, (low, high)) in enumerate(zip(inputs, self._usual, strict=True))
            if not low <= value <= high
        ]


def _warning(percentiles: NDArray[np.float64], column: int, value: float) -> InputWarning:
    least, few_low, few_high, most = percentiles[[0, FEW_LOW, FEW_HIGH, -1]]
    if value < least:
        limit, relation = least, "below the training minimum"
    elif value > most:
        limit, relation = most, "above the training maximum"
    elif value < few_low:
        limit, relation = few_low, "below the training data's 0.1th percentile"
    else:
        limit, relation = few_high, "above the training data's 99.9th percentile"
    feature = FEATURES[column]
    message = (
        f"{feature.label}: {_written(feature, value)} is {relation}, {_written(feature, limit)}"
    )
    return InputWarning(field=feature.name, message=message)


def _written(feature: Feature, value: float) -> str:
    """Format a value with its unit, an income in dollars.

    Examples
    --------
    >>> _written(FEATURES[0], 0.1), _written(FEATURES[1], 60.0)
    ('$1,000', '60 years')
    """
    if feature.unit == INCOME_UNIT:
        return f"${value * INCOME_UNIT_DOLLARS:,.0f}"
    return f"{value:,.6g} {feature.unit}"
