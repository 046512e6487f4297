"""Latencies as counts in fixed bins: small, merged by addition, with percentiles exact to 2.5 %.

Bin k, from 0 to ``BINS`` - 1, counts the latencies from LOWEST * GROWTH**k (included) to
LOWEST * GROWTH**(k + 1); the first also counts lower ones, the last higher ones. With
GROWTH = (1 + a) / (1 - a), the value 2 * LOWEST * GROWTH**(k + 1) / (GROWTH + 1) is within the share
a of every latency in its bin: a is ``RELATIVE_ERROR``. Source: Masson, Rim and Lee, DDSketch,
VLDB 2019, section 2.2.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from storage.schema.unreadable import UnreadableValue

RELATIVE_ERROR = 0.025
GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
LOWEST = 1e-5
"""Lower edge of the first bin, in seconds."""
BINS = 384
"""The last one begins at 2,000 s."""

Counts = NDArray[np.int64]

BINS_A_ROW = 14
"""Of a heat map: each row is about twice as high as the one below."""

_LOG_GROWTH = math.log(GROWTH)
_PAIR = np.dtype([("bin", "<u2"), ("count", "<u4")])


def count_latencies(seconds: Sequence[float]) -> Counts:
    """Return how many latencies are in each bin, shape (BINS,).

    Examples
    --------
    >>> counts = count_latencies([0.0, 1e-5, 0.001, 0.001, 1e9])
    >>> [(int(place), int(counts[place])) for place in np.flatnonzero(counts)]
    [(0, 2), (92, 2), (383, 1)]
    """
    above = np.log(np.maximum(np.asarray(seconds, np.float64), LOWEST)) - math.log(LOWEST)
    places = (above / _LOG_GROWTH).astype(np.int64)
    return np.bincount(np.minimum(places, BINS - 1), minlength=BINS)


def bin_values() -> NDArray[np.float64]:
    """Return the latency that represents each bin, in seconds, shape (BINS,)."""
    begins = LOWEST * np.power(GROWTH, np.arange(BINS, dtype=np.float64))
    return begins * (2 * GROWTH / (GROWTH + 1))


def encode(counts: Counts) -> bytes:
    """Encode the nonzero counts as bytes, in the order of their bins.

    Examples
    --------
    >>> len(encode(count_latencies([0.001, 0.001, 0.5])))
    12
    """
    places = np.flatnonzero(counts)
    pairs = np.empty(len(places), _PAIR)
    pairs["bin"], pairs["count"] = places, counts[places]
    return pairs.tobytes()


def add_up(contents: Sequence[bytes], groups: Sequence[int], number: int) -> Counts:
    """Sum histograms by group.

    Parameters
    ----------
    contents
        Histograms, as ``encode`` wrote them.
    groups
        The group of each, from 0 to ``number`` - 1.

    Returns
    -------
    Counts of shape (number, BINS).

    Raises
    ------
    UnreadableValue
        If one of them was not written by ``encode``.

    Examples
    --------
    >>> histogram = encode(count_latencies([0.001, 0.5]))
    >>> add_up([histogram, histogram], [1, 1], 2).sum(axis=1).tolist()
    [0, 4]
    """
    if any(len(content) % _PAIR.itemsize for content in contents):
        raise UnreadableValue("a stored histogram was cut off")
    pairs = np.frombuffer(b"".join(contents), _PAIR)
    if np.any(pairs["bin"] >= BINS):
        raise UnreadableValue("a stored histogram counts a bin that does not exist")
    lengths = [len(content) // _PAIR.itemsize for content in contents]
    rows = np.repeat(np.asarray(groups, np.int64), lengths)
    places = rows * BINS + pairs["bin"]
    sums = np.bincount(places, weights=pairs["count"], minlength=number * BINS)
    return sums.astype(np.int64).reshape(number, BINS)


def heat_rows(counts: Counts) -> tuple[list[float], Counts]:
    """Sum the bins of histograms into the rows of a heat map, from the lowest with a latency to the highest.

    Parameters
    ----------
    counts
        Shape (n, BINS).

    Returns
    -------
    edges
        In seconds, one more than there are rows; empty without any latency.
    counts
        Shape (n, rows).

    Examples
    --------
    >>> edges, counts = heat_rows(count_latencies([0.001, 0.001, 0.004])[None, :])
    >>> [round(edge, 4) for edge in edges], counts.tolist()
    ([0.0007, 0.0013, 0.0027, 0.0055], [[2, 0, 1]])
    """
    padding = -BINS % BINS_A_ROW
    padded = np.pad(counts, ((0, 0), (0, padding)))
    rows = padded.reshape(len(counts), -1, BINS_A_ROW).sum(axis=2)
    used = np.flatnonzero(rows.sum(axis=0))
    if not len(used):
        return [], rows[:, :0]
    first, last = int(used[0]), int(used[-1]) + 1
    edges = LOWEST * np.power(GROWTH, BINS_A_ROW * np.arange(first, last + 1, dtype=np.float64))
    return edges.tolist(), rows[:, first:last]


def percentiles(counts: Counts, shares: Sequence[float]) -> list[list[float | None]]:
    """Return the percentiles of each histogram, in seconds; None where it is empty.

    The percentile of the share q of n latencies is the one at rank ceil(q * n) of the sorted ones
    ("nearest rank"), within ``RELATIVE_ERROR`` of it, or within ``LOWEST`` seconds if it is less than that.

    Parameters
    ----------
    counts
        Shape (n, BINS).
    shares
        Above 0, up to 1.

    Returns
    -------
    n lists, each as long as ``shares``.

    Examples
    --------
    >>> counts = count_latencies([0.010] * 98 + [0.200] * 2)
    >>> [round(value, 3) for value in percentiles(counts[None, :], [0.5, 0.98, 0.99])[0]]
    [0.01, 0.01, 0.205]
    """
    values = bin_values()
    cumulated = counts.cumsum(axis=1)
    totals = cumulated[:, -1]
    columns = []
    for share in shares:
        # The rounding keeps 0.07 * 100 = 7.000000000000001 at rank 7.
        ranks = np.ceil(np.round(share * totals, 9))
        columns.append(values[(cumulated < ranks[:, None]).sum(axis=1).clip(max=BINS - 1)])
    return [
        [float(column[row]) if total else None for column in columns]
        for row, total in enumerate(totals)
    ]
