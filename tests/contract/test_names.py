"""The contract's names are the schema's."""

from typing import get_args

from backend.contract.what_if import FeatureName
from storage.schema.features import FEATURE_NAMES


def test_an_input_can_be_named_in_a_query() -> None:
    assert get_args(FeatureName) == FEATURE_NAMES
