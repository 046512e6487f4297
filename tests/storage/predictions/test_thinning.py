"""Large windows are read evenly, and the same rows of them whoever looks when."""

from hypothesis import given
from hypothesis import strategies as st

from storage.predictions.thinning import read_every

counts = st.integers(0, 20_000_000)
limits = st.integers(1, 20_000)


@given(counts, limits)
def test_no_more_are_read_than_allowed_and_at_least_half_as_many(count: int, most: int) -> None:
    every = read_every(count, most)
    assert count <= every * most
    assert every == 1 or count > every * most / 2


@given(counts, counts, limits)
def test_rows_of_a_larger_window_are_among_those_of_a_smaller_one(
    one: int, other: int, most: int
) -> None:
    few, many = sorted((read_every(one, most), read_every(other, most)))
    assert many % few == 0


@given(st.integers(10_001, 1_000_000), st.floats(0.0, 0.02))
def test_a_few_rows_more_change_what_is_read_only_where_the_count_doubles(
    count: int, growth: float
) -> None:
    before, after = (read_every(each, 10_000) for each in (count, int(count * (1 + growth))))
    assert after == before or count <= before * 10_000 < count * (1 + growth)
