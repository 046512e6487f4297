"""The contract's names are the schema's."""

from typing import get_args

from backend.contract.drift.analysis import DriftRow
from storage.domain.inputs import FEATURE_NAMES, FeatureName


def test_an_input_can_be_named_in_a_query() -> None:
    assert get_args(FeatureName) == FEATURE_NAMES


def test_a_row_to_compare_has_the_inputs_in_order() -> None:
    assert tuple(DriftRow.model_fields) == FEATURE_NAMES
