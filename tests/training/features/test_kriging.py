"""Kriging against the textbook's formula, and each answer against the same one in other company."""

import numpy as np
import pytest

from storage.schema.arrays import FloatArray, IntegerArray
from training.features.kriging import (
    QUERIES_AT_ONCE,
    krige_prepared,
    prepare_kriging,
    room_for_kriging,
)
from training.features.spatial_correlation import MOST_NEWCOMERS, Correlation

CORRELATION = Correlation(0.05, 2.0, 1.5, 0.3, 0.2)
NEIGHBOURS = 32
AXES = 5


def points(count: int, seed: int) -> FloatArray:
    return np.random.RandomState(seed).standard_normal((count, AXES))


def neighbours(seed: int) -> IntegerArray:
    """Return 32 rows of 200, ascending."""
    chosen = np.random.RandomState(seed).choice(200, NEIGHBOURS, replace=False)
    return np.sort(chosen).astype(np.int64)


def krige(
    cloud: FloatArray, values: FloatArray, query: FloatArray, rows: IntegerArray
) -> tuple[float, float]:
    """Return mean and variance of one query from these neighbours, with nothing known before."""
    prepared = room_for_kriging(len(rows), cloud.shape[1])
    prepare_kriging(cloud, values, rows, CORRELATION, prepared)
    answers = np.empty((1, 2))
    krige_prepared(query[np.newaxis], np.arange(1), CORRELATION, prepared, answers)
    return answers[0, 0], answers[0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_kriging_is_the_textbook_formula(seed: int) -> None:
    cloud = points(count=20, seed=seed)
    values = np.random.RandomState(seed).standard_normal(20)
    query = np.full(5, 0.1)
    rows = np.arange(3, 15)
    mean, variance = krige(cloud, values, query, rows)
    near, ones = cloud[rows], np.ones(len(rows))
    inverse = np.linalg.inv(correlations(near, near) + CORRELATION.nugget * np.eye(len(rows)))
    toward = correlations(near, query[np.newaxis])[:, 0]
    level = ones @ inverse @ values[rows] / (ones @ inverse @ ones)
    assert mean == pytest.approx(level + toward @ inverse @ (values[rows] - level), rel=1e-9)
    surplus = (1 - ones @ inverse @ toward) ** 2 / (ones @ inverse @ ones)
    assert variance == pytest.approx(1 - toward @ inverse @ toward + surplus, rel=1e-9)


def correlations(one: FloatArray, other: FloatArray) -> FloatArray:
    steps = np.square(one[:, np.newaxis] - other[np.newaxis])
    place, likeness = steps[:, :, :2].sum(axis=2), steps[:, :, 2:].sum(axis=2)
    return np.asarray(
        0.3 * np.exp(-2.0 * np.sqrt(place))
        + 0.2 * np.exp(-1.5 * np.sqrt(likeness))
        + 0.5 * np.exp(-np.sqrt(place + likeness))
    )


@pytest.mark.parametrize("newcomers", [0, 1, 3, MOST_NEWCOMERS, MOST_NEWCOMERS + 1, NEIGHBOURS])
def test_the_neighbours_before_change_no_bit(newcomers: int) -> None:
    cloud, values = points(200, seed=1), np.random.RandomState(2).standard_normal(200)
    before = neighbours(seed=newcomers)
    others = np.setdiff1d(np.arange(200), before)
    generator = np.random.RandomState(3)
    rows = before.copy()
    rows[generator.choice(NEIGHBOURS, newcomers, replace=False)] = generator.choice(
        others, newcomers, replace=False
    )
    rows.sort()
    prepared = room_for_kriging(NEIGHBOURS, AXES)
    for of_turn in (before, rows):
        prepare_kriging(cloud, values, of_turn, CORRELATION, prepared)
    answers = np.empty((1, 2))
    krige_prepared(np.zeros((1, AXES)), np.arange(1), CORRELATION, prepared, answers)
    assert tuple(answers[0]) == krige(cloud, values, np.zeros(AXES), rows)


@pytest.mark.parametrize("many", range(1, QUERIES_AT_ONCE + 1))
def test_other_queries_beside_one_change_no_bit(many: int) -> None:
    cloud, values = points(200, seed=4), np.random.RandomState(5).standard_normal(200)
    queries, rows = points(2 * many, seed=6), neighbours(seed=7)
    prepared = room_for_kriging(NEIGHBOURS, AXES)
    prepare_kriging(cloud, values, rows, CORRELATION, prepared)
    answers = np.full((2 * many, 2), np.nan)
    chosen = np.arange(0, 2 * many, 2)
    krige_prepared(queries, chosen, CORRELATION, prepared, answers)
    for query in chosen:
        assert tuple(answers[query]) == krige(cloud, values, queries[query], rows)
    assert np.isnan(answers[1::2]).all()
