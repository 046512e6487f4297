"""Rows that are spoiled though each value is usual: seen by their own figures, and only then."""

from bisect import bisect_left
from collections.abc import Callable

import numpy as np
import pytest

from backend.contract.drift.analysis import PlausibilityFinding
from backend.drift.detector import DriftDetector
from backend.drift.plausibility import p_value_of_mean

LATITUDE, LONGITUDE = 6, 7
Change = Callable[[np.ndarray, np.random.Generator], None]


def found(detector: DriftDetector, window: np.ndarray) -> list[PlausibilityFinding]:
    """What counts as drift of the rows themselves."""
    return [each for each in detector.compare(window).plausibility if each.drifted]


def rounded(window: np.ndarray, _: np.random.Generator) -> None:
    window[:, LATITUDE:] = window[:, LATITUDE:].round(1)


def mixed(window: np.ndarray, random: np.random.Generator) -> None:
    rows = len(window) // 10
    for column in range(window.shape[1]):
        window[:rows, column] = random.permutation(window[:, column])[:rows]


def misplaced(window: np.ndarray, random: np.random.Generator) -> None:
    rows = len(window) // 10
    others = random.integers(rows, len(window), size=rows)
    window[:rows, LATITUDE:] = window[others, LATITUDE:]


def stuck(window: np.ndarray, _: np.random.Generator) -> None:
    window[: len(window) // 20, 0] = 0.4999


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (rounded, "precision", "Longitude comes with at most 1 decimal in 100.0% of the rows; "),
        (
            mixed,
            "combination",
            "of the rows have inputs that do not go together, as if they came from different",
        ),
        (
            misplaced,
            "combination",
            "of the rows have inputs that do not go together, as if they came from different",
        ),
        (stuck, "stuck", "Median income is 0.4999 in 5.0% of the rows; 0.1% in the training data."),
    ],
)
def test_spoiled_rows_are_seen_and_said(
    detector: DriftDetector, window: np.ndarray, change: Change, kind: str, said: str
) -> None:
    assert found(detector, window) == []
    change(window, np.random.default_rng(3))
    report = detector.compare(window)
    assert report.overall_drift
    assert kind in {each.kind for each in report.plausibility if each.drifted}
    assert said in " ".join(report.reasons)


def test_the_usual_traffic_watches_the_same(detector: DriftDetector, window: np.ndarray) -> None:
    watched = detector.figures.watched
    places = [watched.index(each) for each in watched if each.aspect == "combination"]
    places += [watched.index((name, "precision")) for name in ("Latitude", "Longitude")]
    places += [watched.index(("MedInc", "stuck"))]
    nobody = np.full(len(window), np.nan)
    before = detector.sums(window, nobody).means()[places]
    for change in (rounded, mixed, stuck):
        change(window, np.random.default_rng(3))
    after = detector.sums(window, nobody).means()[places]
    assert (after > before + 0.02).all()


@pytest.mark.parametrize("columns", [1, 3, 200])
def test_any_table_is_judged(columns: int) -> None:
    random = np.random.default_rng(4)
    reference = random.normal(size=(3_000, columns))
    reference[:, -1] = random.integers(3, size=3_000)
    reference[random.random(reference.shape) < 0.01] = np.nan
    names = [f"column {number}" for number in range(columns)]
    detector = DriftDetector(
        reference, names, np.full(columns, 1 / columns), categories={columns - 1: 3}
    )
    assert detector.compare(reference[::3]).overall_drift is False


@pytest.mark.parametrize(
    ("share", "least", "most"), [(0, 0, 0.02), (0.1, 0.07, 0.13), (0.3, 0.25, 0.35)]
)
def test_the_share_of_mixed_rows_is_estimated(
    detector: DriftDetector, window: np.ndarray, share: float, least: float, most: float
) -> None:
    random = np.random.default_rng(5)
    rows = int(share * len(window))
    for column in range(window.shape[1]):
        window[:rows, column] = random.permutation(window[:, column])[:rows]
    (found,) = [
        each for each in detector.compare(window).plausibility if each.kind == "combination"
    ]
    assert least <= found.share <= most
    assert found.reference_share == 0.0


@pytest.mark.parametrize("rows", [100, 500])
def test_chance_raises_the_mean_no_more_often_than_the_p_value_says(rows: int) -> None:
    """Of skewed values a normal tail would be passed three times as often as it says."""
    random = np.random.default_rng(6)
    reference = random.exponential(size=2_000) ** 1.5
    means = np.sort(reference[random.integers(len(reference), size=(20_000, rows))].mean(axis=1))
    limit = 0.002
    # A larger mean has a smaller p value, so those beyond the limit are the last ones.
    first = bisect_left(
        means, True, key=lambda mean: p_value_of_mean(mean, rows, reference) < limit
    )
    assert 1 - first / len(means) < 1.5 * limit
