"""Encoded inputs: a training row does not see its own target, a new row sees all of them."""

import numpy as np
import pytest

from training.features import encoded_inputs
from training.features.encoded_inputs import EncodedInputs
from training.kernels.column_codes import encoded, frequent_flags, mean_codes

SIZES = np.array([40, 0], dtype=np.int64)


@pytest.fixture(autouse=True)
def _forty_categories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        encoded_inputs, "mean_codes", lambda inputs, targets: mean_codes(inputs, targets, SIZES)
    )
    monkeypatch.setattr(
        encoded_inputs, "frequent_flags", lambda inputs: frequent_flags(inputs, SIZES)
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
    codes = mean_codes(inputs, targets, SIZES)._replace(flags=frequent_flags(inputs, SIZES))
    np.testing.assert_array_equal(fitted.transform(inputs), encoded(inputs, codes))


def test_what_an_earlier_release_fitted_has_no_flags() -> None:
    inputs = np.column_stack([np.arange(400) % 40, np.arange(400)]).astype(float)
    fitted = EncodedInputs().fit(inputs, np.arange(400.0))
    assert fitted.transform(inputs).shape == (400, 2 + 32)
    del fitted.flags_
    assert fitted.transform(inputs).shape == (400, 2)
