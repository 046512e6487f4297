"""What is said of a version that cannot be loaded: what is missing, if that is known."""

import pytest

from storage.errors import ModelIntegrityError
from storage.models.loading import loading
from storage.models.pickles import unpickled


def test_a_package_that_is_missing_is_named() -> None:
    """A candidate of somebody's own, in a service without the package that it is made of."""
    of_another_package = b"\x80\x04cboosting_of_mine.sklearn\nRegressor\n."
    with pytest.raises(ModelIntegrityError) as refusal, loading("mine"):
        unpickled(of_another_package)
    assert str(refusal.value) == (
        "Version mine needs the Python package boosting_of_mine, which is not installed here. Promote a "
        "version that loads, or train one with `make train`."
    )


def test_a_module_of_ours_that_is_gone_is_another_release() -> None:
    with (
        pytest.raises(ModelIntegrityError, match="probably because another release"),
        loading("old"),
    ):
        unpickled(b"\x80\x04ctraining.models.gone\nRegressor\n.")
