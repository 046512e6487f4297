"""GET /dependence and /interaction: what the model answers in general, recomputed from its own answers."""

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.contract.dependence import DependenceResponse, InteractionResponse
from backend.services import EXTENSION, Services
from backend.serving.served_model import ServedModel
from storage.domain.inputs import FEATURE_NAMES


@pytest.fixture
def model(app: Flask) -> ServedModel:
    services: Services = app.extensions[EXTENSION]
    return services.host.current()


def test_a_curve_is_the_mean_of_the_models_own_answers(
    http: FlaskClient, model: ServedModel
) -> None:
    found = DependenceResponse.model_validate(http.get("/dependence").json)
    assert {curve.feature for curve in found.curves} == set(FEATURE_NAMES)
    shares = [curve.importance for curve in found.curves]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)
    for curve in found.curves:
        assert curve.values == sorted(set(curve.values))
        point = len(curve.values) // 2
        rows = model.profile.background.copy()
        rows[:, FEATURE_NAMES.index(curve.feature)] = curve.values[point]
        assert found.rows == len(rows)
        assert curve.means[point] == pytest.approx(model.predict(rows).mean())
        ends = np.array([curve.lower, curve.means, curve.upper])
        assert (np.diff(ends, axis=0) >= 0).all()


def test_two_inputs_are_averaged_together(http: FlaskClient, model: ServedModel) -> None:
    answer = http.get("/interaction?first=Latitude&second=MedInc")
    found = InteractionResponse.model_validate(answer.json)
    rows = model.profile.background.copy()
    rows[:, FEATURE_NAMES.index("Latitude")] = found.first.values[3]
    rows[:, FEATURE_NAMES.index("MedInc")] = found.second.values[7]
    assert found.means[3][7] == pytest.approx(model.predict(rows).mean())
    assert 0 <= found.strength <= 1


def test_one_input_twice_is_refused(http: FlaskClient) -> None:
    answer = http.get("/interaction?first=MedInc&second=MedInc")
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["error"].endswith("choose two different inputs.")
