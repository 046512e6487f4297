"""Rows with numbers, gaps and categories, as the libraries' trees get them."""

import numpy as np

from storage.schema.arrays import FloatArray
from training.kernels.column_codes import GAP

CODE_COUNTS = (0, 7, 0, 90, 0, 2)
"""Numbers, and categories of few and of many codes."""
GAPS = 0.1


def coded_rows(count: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Return features (count, 6) and targets (count,): the first column has gaps."""
    random = np.random.default_rng(seed)
    features = np.column_stack(
        [
            random.integers(0, size, count).astype(np.float64)
            if size
            else random.normal(size=count)
            for size in CODE_COUNTS
        ]
    )
    effect = np.sin(features[:, 1]) + np.cos(features[:, 3] * 7) * (1 + features[:, 5])
    targets = 3.0 + features[:, 0] * effect + features[:, 2] ** 2 + random.normal(0, 0.1, count)
    is_gap = random.random(count) < GAPS
    targets[is_gap] += 2.0
    features[is_gap, 0] = GAP
    return features, targets


def with_more_gaps(features: FloatArray, seed: int) -> FloatArray:
    """Return a copy whose third column has gaps, which training knew nothing of."""
    copy = features.copy()
    copy[np.random.default_rng(seed).random(len(copy)) < GAPS, 2] = GAP
    return copy
