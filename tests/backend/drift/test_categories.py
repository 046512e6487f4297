"""Drift of categories: no more false alarms than the level says, and what is new is seen."""

import numpy as np
import pytest

from backend.drift.categories import ReferenceCategories

SHARES = np.array([0.5, 0.3, 0.15, 0.04, 0.01])
WINDOWS = 400
LEVEL = 0.05


def drawn(random: np.random.Generator, number: int, shares: np.ndarray = SHARES) -> np.ndarray:
    return random.choice(len(shares), number, p=shares).astype(np.float64)


def test_rows_of_the_same_shares_are_significant_as_often_as_the_level() -> None:
    random = np.random.default_rng(0)
    reference = ReferenceCategories(drawn(random, 5_000), 5)
    p_values = [reference.distances(drawn(random, 300)).p_value for _ in range(WINDOWS)]
    assert 0.02 < np.mean(np.array(p_values) < LEVEL) < 0.09


def test_chance_stays_below_the_critical_difference() -> None:
    random = np.random.default_rng(1)
    reference = ReferenceCategories(drawn(random, 5_000), 5)
    critical = reference.critical_ks_statistic(300, LEVEL)
    moved = [reference.distances(drawn(random, 300)).ks_statistic for _ in range(WINDOWS)]
    assert np.mean(np.array(moved) > critical) < LEVEL


def test_a_tenth_that_moves_from_one_category_to_another_is_seen() -> None:
    random = np.random.default_rng(2)
    reference = ReferenceCategories(drawn(random, 5_000), 5)
    moved = SHARES + np.array([-0.1, 0.1, 0.0, 0.0, 0.0])
    found = reference.distances(drawn(random, 1_000, moved))
    assert found.p_value < 1e-4
    assert found.ks_statistic == pytest.approx(0.1, abs=0.03)


def test_what_training_never_had_is_out_of_range() -> None:
    reference = ReferenceCategories(drawn(np.random.default_rng(3), 2_000, SHARES[:3] / 0.95), 5)
    values = np.array(
        [0.0] * 90 + [3.0] * 6 + [5.0] * 4
    )  # 3 is known but had no row, 5 is no category
    quality = reference.quality(values)
    assert quality.out_of_range_share == pytest.approx(0.1)
    assert quality.p_value < 1e-6


def test_one_category_and_nothing_else_is_no_drift() -> None:
    reference = ReferenceCategories(np.zeros(500), 2)
    found = reference.distances(np.zeros(100))
    assert (found.p_value, found.ks_statistic) == (1.0, 0.0)
