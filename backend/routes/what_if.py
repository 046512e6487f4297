"""POST /sensitivity and /nearest_districts: around one answer. Nothing here is logged as a prediction."""

import numpy as np
from flask import Blueprint, Response, g, request

from backend.contract.what_if import (
    NearestDistrict,
    NearestQuery,
    NearestResponse,
    SensitivityCurve,
    SensitivityQuery,
    SensitivityResponse,
)
from backend.services import current_services
from backend.serving.served_model import ServedModel
from backend.web.answers import answer
from backend.web.validation import read_body, read_query
from storage.domain.inputs import FEATURE_NAMES, FeatureName, HousingFeatures
from storage.schema.arrays import FloatArray

blueprint = Blueprint("what_if", __name__)


@blueprint.post("/sensitivity")
def sensitivity() -> Response:
    """Give the price along each input with the others fixed; ?feature= for one input only."""
    query = read_query(SensitivityQuery, request.args)
    features, model = _read()
    inputs = np.array(features.vector())
    names = FEATURE_NAMES if query.feature is None else (query.feature,)
    body = SensitivityResponse(
        prediction=float(model.predict(inputs[np.newaxis])[0]),
        curves=[_curve(model, inputs, name, query.points) for name in names],
        model_version=model.manifest.version,
    )
    return answer(body)


@blueprint.post("/nearest_districts")
def nearest_districts() -> Response:
    """Give the training districts nearest to a place, with their recorded prices."""
    query = read_query(NearestQuery, request.args)
    features, model = _read()
    rows, distances = model.search.nearest_districts(
        features.Latitude, features.Longitude, query.number
    )
    body = NearestResponse(
        districts=[
            NearestDistrict(
                distance_km=distance,
                input=_features(model.profile.inputs[row]),
                price=float(model.profile.targets[row]),
            )
            for row, distance in zip(rows.tolist(), distances.tolist(), strict=True)
        ],
        model_version=model.manifest.version,
    )
    return answer(body)


def _read() -> tuple[HousingFeatures, ServedModel]:
    services = current_services()
    limit_bytes = services.settings.backend.request_limit_bytes
    features = read_body(HousingFeatures, limit_bytes, services.metrics)
    model = services.host.current()
    g.model_version = model.manifest.version
    return features, model


def _curve(model: ServedModel, inputs: FloatArray, name: str, points: int) -> SensitivityCurve:
    column = FEATURE_NAMES.index(name)
    edges, counts = model.profile.histogram(column)
    grid = np.linspace(edges[0], edges[-1], points)
    feature: FeatureName = name  # type: ignore[assignment] # the names of the schema, by a test
    return SensitivityCurve(
        feature=feature,
        values=grid.tolist(),
        predictions=model.price_curve(inputs, column, grid).tolist(),
        histogram_edges=edges.tolist(),
        histogram_counts=counts.tolist(),
    )


def _features(row: FloatArray) -> HousingFeatures:
    # Not validated: a training table of one's own may go beyond what the service accepts.
    return HousingFeatures.model_construct(**dict(zip(FEATURE_NAMES, row.tolist(), strict=True)))
