"""Encoded inputs: a training row does not see its own target, a new row sees all of them."""

import numpy as np
import pytest

from training.features import encoded_inputs
from training.features.encoded_inputs import EncodedInputs
from training.kernels.column_codes import encoded, mean_codes

SIZES = np.array([40, 0], dtype=np.int64)


@pytest.fixture(autouse=True)
def _forty_categories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        encoded_inputs, "mean_codes", lambda inputs, targets: mean_codes(inputs, targets, SIZES)
    )


def test_rare_categories_do_not_give_their_own_target_away() -> None:
    random = np.random.default_rng(0)
    inputs = np.column_stack([random.integers(0, 40, 400), random.normal(size=400)]).astype(float)
    targets = random.normal(size=400)
    leaking = encoded(inputs, mean_codes(inputs, targets, SIZES))[:, 0]
    found = EncodedInputs().fit_transform(inputs, targets)[:, 0]
    assert np.corrcoef(leaking, targets)[0, 1] > 0.2
    assert abs(np.corrcoef(found, targets)[0, 1]) < 0.15


def test_a_new_row_is_encoded_by_all_rows() -> None:
    random = np.random.default_rng(1)
    inputs = np.column_stack([random.integers(0, 40, 400), random.normal(size=400)]).astype(float)
    targets = random.normal(size=400)
    fitted = EncodedInputs().fit(inputs, targets)
    expected = encoded(inputs, mean_codes(inputs, targets, SIZES))
    np.testing.assert_array_equal(fitted.transform(inputs), expected)
