"""How far answers are off, learned among known rows and where whole areas are new."""

import numpy as np
import pytest

from storage.domain.place import LATITUDE, LONGITUDE
from storage.schema.arrays import FloatArray
from tests.training.conftest import FittedChampion, fit_candidate
from training.dataset.splits import Part
from training.dataset.table import HousingTable
from training.features.map_cells import cell_folds
from training.models import difficulty
from training.models.difficulty import fit_difficulty
from training.models.price_pipeline import PricePipeline


def _difficulty(pipeline: PricePipeline, train: Part, inputs: FloatArray) -> FloatArray:
    learned = fit_difficulty(pipeline, train.inputs, train.targets, 0)
    features = pipeline.features(inputs)
    return learned.predict(np.column_stack([features, pipeline.prices(features)]))[:, 0]


def test_where_nothing_was_learned_more_errors_are_expected_to_be_large(
    champion: FittedChampion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known rows alone can't teach that: hardly any of them is far from the others."""
    inputs, targets = champion.train.inputs, champion.train.targets
    is_new = cell_folds(inputs[:, [LATITUDE, LONGITUDE]], 0.5, folds=3, seed=100) == 0
    train = Part(inputs[~is_new], targets[~is_new])
    pipeline = fit_candidate(train, champion.validation)
    errors = np.abs(targets[is_new] - pipeline.predict(inputs[is_new]))
    held = np.mean(errors <= _difficulty(pipeline, train, inputs[is_new]))
    monkeypatch.setattr(difficulty, "FEWEST_ROWS", len(train) + 1)
    held_before = np.mean(errors <= _difficulty(pipeline, train, inputs[is_new]))
    assert held_before + 0.03 < held < 0.8


@pytest.mark.parametrize("spread", [0.0, 1e-7])
def test_rows_in_one_place_have_no_areas_to_take_away(
    spread: float,
    champion: FittedChampion,
    small_table: HousingTable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(difficulty, "FEWEST_ROWS", 100)
    inputs = small_table.inputs[:300].copy()
    inputs[:, [LATITUDE, LONGITUDE]] = (37.88, -122.23)
    inputs[:150, LATITUDE] += spread
    learned = fit_difficulty(champion.pipeline, inputs, small_table.targets[:300], 0)
    features = champion.pipeline.features(inputs)
    columns = np.column_stack([features, champion.pipeline.prices(features)])
    assert np.isfinite(learned.predict(columns)).all()
