"""Separating rows that a model was fitted on from rows that it never saw."""

import numpy as np
from numpy.typing import NDArray

from storage.schema.arrays import FloatArray, IndexArray


def is_new(inputs: FloatArray, *known: FloatArray) -> NDArray[np.bool_]:
    """Return, for each row of inputs (n, d), whether no known row equals it in every number.

    Examples
    --------
    >>> is_new(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[3.0, 4.0]])).tolist()
    [True, False]
    """
    return ~np.isin(_keys(inputs), np.concatenate([_keys(rows) for rows in (*known, inputs[:0])]))


def common(one: FloatArray, other: FloatArray) -> tuple[IndexArray, IndexArray]:
    """Return the indices of the rows common to both tables, (n, k) and (m, k), in the first one's order.

    Of a repeated row, the first occurrence counts.

    Examples
    --------
    >>> table = np.array([[1.0], [2.0], [3.0], [2.0]])
    >>> [places.tolist() for places in common(table, np.array([[3.0], [2.0]]))]
    [[1, 2], [1, 0]]
    """
    _, here, there = np.intersect1d(_keys(one), _keys(other), return_indices=True)
    order = np.argsort(here)
    return here[order], there[order]


def _keys(rows: FloatArray) -> NDArray[np.void]:
    # Adding zero turns -0.0 into 0.0, which is the same number in other bytes.
    whole = np.ascontiguousarray(rows + 0.0, dtype=np.float64)
    return whole.view(np.dtype((np.void, whole.itemsize * whole.shape[1]))).ravel()
