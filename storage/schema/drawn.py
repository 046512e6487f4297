"""A drawn part of very many rows, the same one each time."""

import numpy as np

from storage.schema.arrays import IndexArray


def drawn_rows(rows: int, most: int, seed: int) -> IndexArray:
    """Return which of so many rows to take, in their order: all, or ``most`` drawn without replacement.

    Examples
    --------
    >>> drawn_rows(3, most=10, seed=0).tolist()
    [0, 1, 2]
    >>> len(drawn_rows(1_000_000, most=10, seed=0))
    10
    """
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
