"""Rows that are spoiled though each value is usual: seen by their own figures, and only then."""

from collections.abc import Callable

import numpy as np
import pytest

from backend.contract.drift import PlausibilityFinding
from backend.drift.detector import DriftDetector

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
        (mixed, "combination", "of the rows have inputs that do not go together; 1.0% of the"),
        (misplaced, "combination", "of the rows have inputs that do not go together; 1.0% of the"),
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
