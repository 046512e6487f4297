"""The compiled numerics against plain numpy."""

import numpy as np
import pytest

from storage.schema.arrays import FloatArray
from training.kernels.exponential import negative_exponentials
from training.kernels.neighbour_search import NOBODY, find_nearest
from training.kernels.search_tree import search_tree


def points(count: int, axes: int, seed: int) -> FloatArray:
    """Points in search order, on a coarse lattice so that some distances are equal."""
    generator = np.random.RandomState(seed)
    cloud = np.round(generator.standard_normal((count, axes)) * 4) / 4
    return cloud[np.argsort(cloud[:, 0], kind="stable")]


def nearest(
    cloud: FloatArray, query: FloatArray, limit: float = np.inf
) -> tuple[FloatArray, list[int]]:
    """Distances and rows of the 12 nearest points."""
    distances, rows = np.empty(12), np.full(12, NOBODY)
    find_nearest(search_tree(cloud), query, NOBODY, distances, rows, limit)
    return distances, rows.tolist()


def cloud_and_query(seed: int) -> tuple[FloatArray, FloatArray]:
    return points(80, 3, seed), np.random.RandomState(seed + 100).standard_normal(3)


@pytest.mark.parametrize("seed", range(20))
def test_the_nearest_are_those_of_a_full_search(seed: int) -> None:
    cloud, query = cloud_and_query(seed)
    distances, rows = nearest(cloud, query)
    every = np.sqrt(np.square(cloud - query).sum(axis=1))
    assert np.allclose(distances, np.sort(every)[:12], rtol=1e-14)
    assert np.allclose(every[rows], distances, rtol=1e-14)
    assert len(set(rows)) == 12


@pytest.mark.parametrize("count", [12, 16, 17, 256, 257, 3000, 5000])
def test_a_tree_of_any_height_finds_the_nearest(count: int) -> None:
    cloud = points(count, axes=4, seed=count)
    for query in np.random.RandomState(count).standard_normal((20, 4)) * 2:
        _, rows = nearest(cloud, query)
        squared = np.zeros(count)
        for axis in range(4):  # summed up like there: many distances are equal but for rounding
            squared += np.square(cloud[:, axis] - query[axis])
        assert rows == np.lexsort((np.arange(count), squared))[:12].tolist()


@pytest.mark.parametrize("seed", range(20))
def test_a_limit_may_be_rounded_otherwise_than_the_distances(seed: int) -> None:
    cloud, query = cloud_and_query(seed)
    distances, rows = nearest(cloud, query)
    farthest = np.square(cloud[rows[-1]] - query).sum()
    limited, limited_rows = nearest(cloud, query, float(np.nextafter(farthest * (1 - 1e-15), 0.0)))
    assert limited_rows == rows
    assert np.array_equal(limited, distances)


def test_a_left_out_row_is_not_its_own_neighbour() -> None:
    cloud = points(count=30, axes=2, seed=0)
    distances, rows = np.empty(29), np.empty(29, np.int64)
    for row in range(30):
        find_nearest(search_tree(cloud), cloud[row], row, distances, rows)
        assert sorted(rows) == [other for other in range(30) if other != row]


def test_equal_distances_come_in_the_order_of_their_rows() -> None:
    cloud = np.zeros((5, 2))
    distances, rows = np.empty(4), np.empty(4, np.int64)
    find_nearest(search_tree(cloud), np.zeros(2), 2, distances, rows)
    assert rows.tolist() == [0, 1, 3, 4]


def test_exponentials_are_right_to_the_last_bits() -> None:
    arguments = np.concatenate([[0.0], np.geomspace(1e-12, 690, 5000)])
    values = arguments.copy()
    negative_exponentials(values)
    assert values[0] == 1.0
    assert np.allclose(values, np.exp(-arguments), rtol=5e-16, atol=0)


def test_a_huge_argument_gives_almost_nothing() -> None:
    values = np.array([1e6, np.inf])
    negative_exponentials(values)
    assert (values >= 0).all()
    assert (values < 1e-300).all()
