"""Recognizing the same subject in different readings.

A subject queried again with one input corrected or stuck is the same, and a model that learned its value
knows it.
"""

import hashlib
import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from storage.domain.identity import EQUAL_INPUTS, HAS_IDENTITY, OTHERS, PLACE, PLACE_DECIMALS
from storage.domain.inputs import ARE_PLAIN
from storage.schema.arrays import FloatArray, IndexArray

HASH_SPAN = 2**32


def is_district_of(inputs: FloatArray, *known: FloatArray) -> NDArray[np.bool_]:
    """Return, for each row of inputs (n, d), whether a known row (m, d) is the same subject.

    It is at the same place, to 0.01 degrees, and equal in at least two of the other six inputs.

    Examples
    --------
    >>> district = np.array([[8.3, 41.0, 7.0, 1.0, 322.0, 2.6, 37.88, -122.23]])
    >>> stuck, moved = district.copy(), district.copy()
    >>> stuck[0, 5], moved[0, 7] = 3.5, -121.0
    >>> is_district_of(np.concatenate([stuck, moved]), district).tolist()
    [True, False]
    """
    inputs = _comparable(inputs)
    rows = _comparable(np.concatenate([*known, inputs[:0]]))
    own, theirs = place_numbers(inputs), place_numbers(rows)
    order = np.argsort(theirs, kind="stable")
    rows = rows[order][:, OTHERS]
    starts = np.searchsorted(theirs[order], own, "left")
    ends = np.searchsorted(theirs[order], own, "right")
    spans = zip(inputs[:, OTHERS], starts.tolist(), ends.tolist(), strict=True)
    return np.array([_is_among(row, rows[start:end]) for row, start, end in spans], dtype=np.bool_)


def is_newest_reading(inputs: FloatArray) -> NDArray[np.bool_]:
    """Return, for each row of inputs (n, d), whether no earlier kept row is the same subject.

    Examples
    --------
    >>> district = np.array([8.3, 41.0, 7.0, 1.0, 322.0, 2.6, 37.88, -122.23])
    >>> is_newest_reading(np.array([district, district])).tolist()
    [True, False]
    """
    inputs = _comparable(inputs)
    newest = np.ones(len(inputs), dtype=np.bool_)
    for rows in _by_place(inputs):
        others = inputs[rows][:, OTHERS]
        for position, row in enumerate(rows):
            newest[row] = not _is_among(
                others[position], others[:position][newest[rows[:position]]]
            )
    return newest


def subjects_of(inputs: FloatArray) -> IndexArray:
    """Return, for each row of inputs (n, d), the first row that is the same subject.

    Rows belong together if they are at one place and equal in two of the other inputs, or if a third row
    belongs to both. Equal rows always do.

    Examples
    --------
    >>> district = np.array([8.3, 41.0, 7.0, 1.0, 322.0, 2.6, 37.88, -122.23])
    >>> subjects_of(np.array([district, 2 * district, district])).tolist()
    [0, 1, 0]
    """
    inputs = _comparable(inputs)
    places = place_numbers(inputs)
    if not HAS_IDENTITY:
        _, earliest, subject = np.unique(places, return_index=True, return_inverse=True)
        return np.asarray(earliest[subject], dtype=np.intp)
    pairs = []
    for columns in itertools.combinations(OTHERS, EQUAL_INPUTS):
        keys = (*inputs[:, columns].T, places)
        order = np.lexsort(keys)
        is_same = np.logical_and.reduce([key[order][1:] == key[order][:-1] for key in keys])
        pairs.append((order[1:][is_same], order[:-1][is_same]))
    one, other = (np.concatenate(each) for each in zip(*pairs, strict=True))
    rows = len(inputs)
    graph = coo_array((np.ones(len(one), dtype=np.bool_), (one, other)), shape=(rows, rows))
    count, group = connected_components(graph, directed=False)
    first = np.full(count, rows, dtype=np.intp)
    np.minimum.at(first, group, np.arange(rows))
    return np.asarray(first[group])


def falls_into_share(inputs: FloatArray, share: float) -> NDArray[np.bool_]:
    """Return, for each row of inputs (n, d), whether a hash of its place is in the lower ``share`` (0 to 1).

    All subjects at one place fall on the same side, every time.

    Examples
    --------
    >>> places = np.zeros((10_000, 8))
    >>> places[:, 6] = np.arange(10_000) / 100
    >>> round(float(falls_into_share(places, 0.3).mean()), 2)
    0.3
    """
    hashes = np.array([_hash(number) for number in place_numbers(inputs).tolist()], dtype=np.uint64)
    return hashes < share * HASH_SPAN


def place_numbers(inputs: FloatArray) -> NDArray[np.int64]:
    """Return a number for the place of each row of inputs (n, d); of all its inputs where no place counts.

    Two rows with the same inputs have the same number in every process; two others hardly ever (1 in 2^64).
    """
    if not HAS_IDENTITY:
        return _row_numbers(inputs)
    scale = 10**PLACE_DECIMALS
    latitude, longitude = np.round(inputs[:, PLACE].T * scale).astype(np.int64)
    return np.asarray(latitude * 1_000 * scale + longitude)


def _row_numbers(inputs: FloatArray) -> NDArray[np.int64]:
    # Here, because a service that never compares rows does without pandas: a third of a second at its start.
    import pandas as pd  # type: ignore[import-untyped] # ships no types

    # Adding zero makes -0.0 the 0.0 that it equals.
    hashes = pd.util.hash_pandas_object(pd.DataFrame(_comparable(inputs) + 0.0), index=False)
    return np.asarray(hashes.to_numpy(dtype=np.int64))


def _by_place(inputs: FloatArray) -> Iterator[NDArray[np.int64]]:
    """Yield the rows of each place, ascending."""
    numbers = place_numbers(inputs)
    order = np.argsort(numbers, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)


def _comparable(inputs: FloatArray) -> FloatArray:
    """Return inputs (n, d) in which a missing value equals a missing value."""
    return inputs if ARE_PLAIN else np.where(np.isnan(inputs), -np.inf, inputs)


def _is_among(row: FloatArray, rows: FloatArray) -> bool:
    return bool(((rows == row).sum(axis=1) >= EQUAL_INPUTS).any())


def _hash(number: int) -> int:
    # Not Python's hash, which differs in every process for text and does not mix numbers.
    return int.from_bytes(hashlib.sha256(str(number).encode()).digest()[:4], "big")
