"""The answers to the test part: kept exactly, and written beside the model they came from."""

import io

import numpy as np
import pytest

from backend.serving.served_model import ServedModel
from storage.errors import ModelIntegrityError
from storage.models.store import HOLDOUT, ModelStore
from storage.settings import Settings
from tests.training.conftest import SilentSteps, named_candidates
from training.dataset.splits import split
from training.dataset.table import HousingTable
from training.evaluation.holdout import holdout_bytes, read_holdout
from training.train import TrainedVersion, Training

FIELDS = ("inputs", "actual", "predicted", "lower", "upper")


@pytest.fixture
def trained(settings: Settings, small_table: HousingTable) -> TrainedVersion:
    return Training(
        settings, small_table, named_candidates("linear_regression"), SilentSteps()
    ).run()


def test_a_version_keeps_its_answers_to_the_test_part(
    trained: TrainedVersion, settings: Settings, small_table: HousingTable
) -> None:
    content = ModelStore(settings.paths).read(trained.manifest.version, HOLDOUT)
    holdout, test = read_holdout(content), split(small_table, seed=0).test.open()
    assert len(holdout) == len(test)
    np.testing.assert_array_equal(holdout.inputs, test.inputs)
    np.testing.assert_array_equal(holdout.actual, test.targets)
    np.testing.assert_array_equal(holdout.predicted, trained.outcome.answers.predicted)
    np.testing.assert_array_equal(holdout.lower, trained.outcome.answers.lower)
    np.testing.assert_array_equal(holdout.upper, trained.outcome.answers.upper)
    error = np.sqrt(np.mean((holdout.predicted - holdout.actual) ** 2))
    assert error == pytest.approx(trained.manifest.metrics["test_rmse"], rel=1e-12)


def test_a_loaded_version_brings_its_holdout(trained: TrainedVersion, settings: Settings) -> None:
    served = ServedModel.load(ModelStore(settings.paths), trained.manifest.version)
    assert served.holdout is not None
    answers = served.answer(served.holdout.inputs)
    np.testing.assert_allclose(answers.predicted, served.holdout.predicted, atol=1e-12)
    np.testing.assert_allclose(answers.lower, served.holdout.lower, atol=1e-12)


def test_a_version_from_before_there_were_holdouts_still_serves(
    trained: TrainedVersion, settings: Settings
) -> None:
    store = ModelStore(settings.paths)
    manifest = trained.manifest
    files = {name: store.read(manifest.version, name) for name in manifest.checksums}
    del files[HOLDOUT]
    older = manifest.model_copy(update={"version": "older"})
    store.publish(older, files)
    assert ServedModel.load(store, "older").holdout is None


def test_a_damaged_holdout_is_not_taken_for_a_missing_one(
    trained: TrainedVersion, settings: Settings
) -> None:
    store = ModelStore(settings.paths)
    (store.folder(trained.manifest.version) / HOLDOUT).unlink()
    with pytest.raises(ModelIntegrityError, match="is missing"):
        ServedModel.load(store, trained.manifest.version)


def test_a_holdout_survives_storage_exactly(trained: TrainedVersion) -> None:
    holdout = trained.outcome.answers
    stored = read_holdout(holdout_bytes(holdout))
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(stored, name), getattr(holdout, name))
    assert holdout_bytes(stored) == holdout_bytes(holdout)


@pytest.mark.parametrize("content", [b"", b"junk", b"PK\x03\x04broken"])
def test_what_is_no_holdout_is_refused(content: bytes) -> None:
    with pytest.raises(ModelIntegrityError, match="cannot be read"):
        read_holdout(content)


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    stream = io.BytesIO()
    arrays = dict.fromkeys(FIELDS[1:], np.zeros(3))
    np.savez(stream, inputs=np.zeros((2, 8)), allow_pickle=False, **arrays)
    with pytest.raises(ModelIntegrityError, match="differ in length"):
        read_holdout(stream.getvalue())
