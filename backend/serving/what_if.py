"""What-if analysis: the value along each input, the nearest training rows, and contributions."""

import numpy as np

from backend.contract.predictions import Contributions
from backend.contract.what_if import (
    NearestDistrict,
    NearestResponse,
    SensitivityCurve,
    SensitivityResponse,
)
from backend.serving.served_model import ServedModel
from storage.domain.feature import Feature
from storage.domain.inputs import FEATURE_NAMES, FEATURES, FeatureName, HousingFeatures
from storage.domain.place import HAS_PLACE
from storage.schema.arrays import FloatArray


def sensitivity(
    model: ServedModel, features: HousingFeatures, feature: FeatureName | None, points: int
) -> SensitivityResponse:
    """Return the value along one input, or along each (None), with the others fixed."""
    inputs = np.array(features.vector())
    names = FEATURE_NAMES if feature is None else (feature,)
    return SensitivityResponse(
        prediction=float(model.predict(inputs[np.newaxis])[0]),
        curves=[_curve(model, inputs, name, points) for name in names],
        model_version=model.manifest.version,
    )


def nearest_districts(
    model: ServedModel, features: HousingFeatures, number: int
) -> NearestResponse:
    """Return the training rows nearest to the inputs, with their recorded values."""
    rows, distances = model.search.nearest(np.array(features.vector()), number)
    return NearestResponse(
        districts=[
            NearestDistrict(
                distance_km=distance if HAS_PLACE else None,
                distance=None if HAS_PLACE else distance,
                input=HousingFeatures.of(model.profile.inputs[row].tolist()),
                price=float(model.profile.targets[row]),
            )
            for row, distance in zip(rows.tolist(), distances.tolist(), strict=True)
        ],
        model_version=model.manifest.version,
    )


def contributions(model: ServedModel, inputs: list[float]) -> Contributions:
    """Return the contribution of each of eight inputs, in schema order, to the value."""
    found = model.explain(np.array(inputs))
    values = dict(zip(FEATURE_NAMES, found.contributions.tolist(), strict=True))
    errors = found.standard_errors
    return Contributions(
        base_value=found.base_value,
        values=values,
        standard_errors=None
        if errors is None
        else dict(zip(FEATURE_NAMES, errors.tolist(), strict=True)),
        rows=found.rows,
    )


def values_along(feature: Feature, lowest: float, highest: float, points: int) -> FloatArray:
    """Return the values along an input: each category, or evenly spaced numbers, whole ones if need be."""
    if feature.categories is not None:
        return np.arange(len(feature.categories), dtype=np.float64)
    grid = np.linspace(lowest, highest, points)
    return np.unique(np.round(grid)) if feature.kind == "integer" else grid


def _curve(model: ServedModel, inputs: FloatArray, name: str, points: int) -> SensitivityCurve:
    column = FEATURE_NAMES.index(name)
    edges, counts = model.profile.histogram(column)
    grid = values_along(FEATURES[column], edges[0], edges[-1], points)
    return SensitivityCurve(
        feature=name,
        values=grid.tolist(),
        categories=FEATURES[column].categories,
        predictions=model.answer_curve(inputs, column, grid).tolist(),
        histogram_edges=edges.tolist(),
        histogram_counts=counts.tolist(),
    )
