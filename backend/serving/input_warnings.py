"""Warnings about inputs outside the usual range of the training data."""

from collections.abc import Iterator, Sequence
from math import inf, isnan

import numpy as np
from numpy.typing import NDArray

from backend.contract.predictions import InputWarning
from storage.domain.feature import Feature
from storage.domain.inputs import ARE_PLAIN, FEATURES
from storage.schema.arrays import FloatArray
from training.models.reference_profile import PERCENTILES, ReferenceProfile

ALL = (-inf, inf)
FEW_LOW, FEW_HIGH = PERCENTILES.index(0.1), PERCENTILES.index(99.9)


class InputWarnings:
    """A warning for each number below the 0.1th or above the 99.9th percentile of the training data.

    And for each category, and each missing value, of which there is none in the training data.
    """

    def __init__(self, profile: ReferenceProfile) -> None:
        self._percentiles = profile.percentiles
        low, high = profile.percentiles[:, FEW_LOW], profile.percentiles[:, FEW_HIGH]
        usual = zip(low.tolist(), high.tolist(), strict=True)
        self._usual = [
            ALL if feature.is_category else each
            for feature, each in zip(FEATURES, usual, strict=True)
        ]
        self._known = [] if ARE_PLAIN else [set(np.unique(each)) for each in profile.inputs.T]
        self._may_lack: list[bool] = [bool(np.isnan(each).any()) for each in profile.inputs.T]

    def of(self, inputs: Sequence[float]) -> list[InputWarning]:
        """Return the warnings about inputs, in schema order."""
        # Plain numbers are faster than arrays for eight values, and this runs for every request.
        found = [
            _warning(self._percentiles[column], column, value)
            for column, (value, (low, high)) in enumerate(zip(inputs, self._usual, strict=True))
            if value < low or value > high
        ]
        return found if ARE_PLAIN else [*found, *self._unknown(inputs)]

    def of_rows(self, inputs: FloatArray) -> dict[int, list[InputWarning]]:
        """Return the warnings about rows, shape (n, d), by the place of each row that has any."""
        low, high = np.array(self._usual).T
        is_unusual = ((inputs < low) | (inputs > high)).any(axis=1)
        if not ARE_PLAIN:
            is_unusual |= np.isnan(inputs).any(axis=1)
            for column in (place for place, each in enumerate(FEATURES) if each.is_category):
                is_unusual |= ~np.isin(inputs[:, column], list(self._known[column]))
        places = np.flatnonzero(is_unusual)
        found = zip(places.tolist(), map(self.of, inputs[places].tolist()), strict=True)
        return {place: warnings for place, warnings in found if warnings}

    def _unknown(self, inputs: Sequence[float]) -> Iterator[InputWarning]:
        for column, (feature, value) in enumerate(zip(FEATURES, inputs, strict=True)):
            if isnan(value):
                if not self._may_lack[column]:
                    message = f"{feature.label}: it is missing, and in no row of the training data"
                    yield InputWarning(field=feature.name, message=message)
            elif feature.is_category and value not in self._known[column]:
                word = feature.value_of(value)
                message = f"{feature.label}: no row of the training data has {word}"
                yield InputWarning(field=feature.name, message=message)


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
    """Format a value with its unit, or as the definition says.

    Examples
    --------
    >>> _written(FEATURES[0], 0.1), _written(FEATURES[1], 60.0)
    ('$1,000', '60 years')
    """
    if (display := feature.display) is not None:
        return f"{display.prefix}{value * display.factor:,.6g}{display.suffix}"
    return f"{value:,.6g} {feature.unit}".rstrip()
