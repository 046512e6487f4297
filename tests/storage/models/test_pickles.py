"""Estimators as bytes, and back, whoever wrote them."""

import io

import joblib
import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor

from storage.models.pickles import pickled, unpickled

INPUTS = np.random.default_rng(0).random((200, 3))


@pytest.fixture(scope="module")
def model() -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(max_iter=20).fit(INPUTS, INPUTS.sum(axis=1))


def by_joblib(model: HistGradientBoostingRegressor, compress: int) -> bytes:
    stream = io.BytesIO()
    joblib.dump(model, stream, compress=compress)
    return stream.getvalue()


@pytest.mark.parametrize("compressed", [False, True])
def test_what_is_pickled_comes_back_here_and_in_joblib(
    model: HistGradientBoostingRegressor, compressed: bool
) -> None:
    content = pickled(model, compressed=compressed)
    for copy in (unpickled(content), joblib.load(io.BytesIO(content))):
        assert np.array_equal(copy.predict(INPUTS), model.predict(INPUTS))


@pytest.mark.parametrize("compress", [0, 3])
def test_what_joblib_wrote_for_earlier_versions_is_read(
    model: HistGradientBoostingRegressor, compress: int
) -> None:
    copy = unpickled(by_joblib(model, compress))
    assert np.array_equal(copy.predict(INPUTS), model.predict(INPUTS))


def test_compressed_is_smaller(model: HistGradientBoostingRegressor) -> None:
    assert len(pickled(model, compressed=True)) < len(pickled(model)) / 2
