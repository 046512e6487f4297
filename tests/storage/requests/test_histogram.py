"""The histogram's promise: a percentile is within 2.5 % of the exact one, however it was put together."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.requests.histogram import (
    BINS,
    LOWEST,
    RELATIVE_ERROR,
    add_up,
    bin_values,
    count_latencies,
    encode,
    percentiles,
)

ROUNDING = 1e-9
latencies = st.lists(st.floats(LOWEST, 1_000), min_size=1, max_size=300)
shares = st.floats(0.001, 1)


@given(latencies, shares)
def test_a_percentile_is_near_the_exact_one(seconds: list[float], share: float) -> None:
    exact = _exact(seconds, share)
    [[estimated]] = percentiles(count_latencies(seconds)[None, :], [share])
    assert estimated == pytest.approx(exact, rel=RELATIVE_ERROR + ROUNDING)


@given(st.floats(0, LOWEST))
def test_what_is_below_the_first_bin_is_off_by_less_than_its_begin(seconds: float) -> None:
    [[estimated]] = percentiles(count_latencies([seconds])[None, :], [0.5])
    assert estimated is not None
    assert abs(estimated - seconds) <= LOWEST * (1 + 2 * RELATIVE_ERROR)


@given(st.lists(latencies, min_size=1, max_size=5))
def test_histograms_add_up_to_that_of_all(parts: list[list[float]]) -> None:
    contents = [encode(count_latencies(part)) for part in parts]
    sums = add_up([*contents, contents[0]], [*([1] * len(parts)), 0], 3)
    together = [second for part in parts for second in part]
    assert (sums[1] == count_latencies(together)).all()
    assert (sums[0] == count_latencies(parts[0])).all()
    assert sums[2].sum() == 0


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_has_a_bin(seconds: float) -> None:
    assert count_latencies([seconds]).sum() == 1


def test_nothing_has_no_percentile_and_no_bytes() -> None:
    assert percentiles(np.zeros((2, BINS), np.int64), [0.5, 0.99]) == [[None, None], [None, None]]
    assert encode(count_latencies([])) == b""
    assert add_up([], [], 1).sum() == 0


def test_a_value_lies_inside_its_bin() -> None:
    values = bin_values()
    assert (np.flatnonzero(count_latencies(values.tolist())) == np.arange(BINS)).all()


def _exact(seconds: list[float], share: float) -> float:
    return sorted(seconds)[max(math.ceil(round(share * len(seconds), 9)), 1) - 1]
