"""Coordinates that differ by nothing that anybody means: one place, one price."""

import numpy as np
import pytest

from storage.domain.place import LATITUDE, LONGITUDE
from storage.schema.arrays import FloatArray
from tests.training.conftest import FittedChampion
from training.features.map_coordinates import on_grid
from training.models.compiled_model import CompiledModel
from training.models.reference_profile import ReferenceProfile, ReferenceSearch

PLACE = [LATITUDE, LONGITUDE]
DOLLARS = 100_000


@pytest.fixture(scope="module")
def model(champion: FittedChampion) -> CompiledModel:
    profile = ReferenceProfile.fit(champion.train.inputs, champion.train.targets, 0)
    return CompiledModel(champion.pipeline, champion.intervals, ReferenceSearch(profile))


def _moved(inputs: FloatArray, degrees: float) -> FloatArray:
    moved = inputs.copy()
    moved[:, PLACE] += degrees
    return moved


@pytest.mark.parametrize("degrees", [1e-9, -1e-9, 1e-6])
def test_a_hair_moves_no_price_and_no_interval(
    model: CompiledModel, champion: FittedChampion, degrees: float
) -> None:
    inputs = champion.validation.inputs
    bounds = model.answer(inputs)[:, :3]
    assert np.array_equal(model.answer(_moved(inputs, degrees))[:, :3], bounds)


def test_float32_moves_hardly_a_price(model: CompiledModel, champion: FittedChampion) -> None:
    inputs = champion.validation.inputs
    places = inputs.copy()
    places[:, PLACE] = places[:, PLACE].astype(np.float32)
    assert np.array_equal(model.predict(places), model.predict(inputs))
    all_inputs = inputs.astype(np.float32).astype(np.float64)
    changes = np.abs(model.predict(all_inputs) - model.predict(inputs)) * DOLLARS
    assert np.mean(changes > 1_000) < 0.01


def test_decimal_degrees_stay_as_they_are() -> None:
    for place in [*np.arange(-124.35, 41.95, 0.01).round(2).tolist(), 37.8801, -122.2299]:
        assert on_grid(place) == place
