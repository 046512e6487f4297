"""A detector fitted on real rows, and rows of the same table that it never saw."""

import numpy as np
import pytest

from backend.drift.detector import DriftDetector
from storage.domain.inputs import FEATURE_NAMES
from training.dataset.sources import load_table

REFERENCE_ROWS = 16_512
FloatArray = np.ndarray


@pytest.fixture(scope="session")
def shuffled_table() -> FloatArray:
    """The table's rows in a random order, shape (20640, 9): inputs, then the price."""
    values = load_table().values
    return values[np.random.default_rng(7).permutation(len(values))]


@pytest.fixture(scope="session")
def detector(shuffled_table: FloatArray) -> DriftDetector:
    """Fitted on 16,512 rows, the first inputs more important, prices in place of predictions."""
    reference = shuffled_table[:REFERENCE_ROWS]
    importances = np.array([0.4, 0.05, 0.1, 0.05, 0.02, 0.08, 0.15, 0.15])
    return DriftDetector(
        reference[:, :-1], FEATURE_NAMES, importances, reference[:4_000, -1], place=(6, 7)
    )


@pytest.fixture
def window(shuffled_table: FloatArray) -> FloatArray:
    """2,000 inputs that are not in the reference, for this test to change."""
    return shuffled_table[REFERENCE_ROWS : REFERENCE_ROWS + 2_000, :-1].copy()
