"""Estimated error where nothing was learned: map cells of half a degree that no training row lies in."""

from collections.abc import Iterator

import numpy as np

from backend.performance.estimated import DOUBLED, ErrorEstimator
from storage.domain.place import LATITUDE, LONGITUDE
from storage.schema.arrays import BoolArray, IndexArray
from storage.schema.predictions import LabelledPredictions
from tests.benchmarks.accuracy.parts import CELL_DEGREES, block_split
from tests.benchmarks.monitoring.measured_holdout import CHAMPION, THREADS, halves
from training.dataset.embedded import load_embedded
from training.dataset.splits import Part, SealedPart, Splits
from training.fitting.fit import answers_with_intervals, fit, fit_intervals, measure
from training.models.candidates import all_candidates, select

SEEDS = (0, 1, 2)
KNOWN_WINDOWS, MIXED_WINDOWS = 40, 12
WINDOW_ROWS, FEWEST_ROWS = 500, 60
BARS = {"known": 0.93, "mixed": 0.85, "cell": 0.85}
"""Share of windows whose error the band must hold."""

Window = tuple[str, LabelledPredictions]


def new_areas(repeats: int = 3) -> dict[str, dict[str, float]]:
    """Return by kind of window how good the estimate is, and how often its band holds the error.

    ``known``: 500 rows of the cells that were learned. ``mixed``: 500 rows of cells that were not. ``cell``:
    all rows of one such cell. ``fine_at_double`` counts windows called not risen at over twice the error.
    """
    found: dict[str, list[tuple[float, ...]]] = {kind: [] for kind in BARS}
    for seed in SEEDS:
        known, new = _answers(seed)
        for repeat in range(repeats):
            learned, drawn_from = halves(known, repeat)
            estimator = ErrorEstimator(learned, repeat)
            for kind, window in _windows(drawn_from, new, repeat):
                found[kind].append(_judged(estimator, window, _rmse(learned)))
    return {kind: _summary(rows) for kind, rows in found.items()}


def _answers(seed: int) -> tuple[LabelledPredictions, LabelledPredictions]:
    """Fit the champion on some cells; return its answers to unseen rows of those, and to all other cells."""
    parts = block_split(load_embedded(), seed)
    order = np.random.default_rng(seed).permutation(len(parts.train))
    train, validation, test = np.split(order, [int(0.6 * len(order)), int(0.8 * len(order))])
    own = [_rows(parts.train, rows) for rows in (train, validation, test)]
    splits = Splits(own[0], own[1], SealedPart(own[2]))
    (candidate,) = select(all_candidates(seed, THREADS), (CHAMPION,))
    fitted = fit(candidate, splits.train, splits.validation, THREADS)
    intervals = fit_intervals(fitted, splits, seed)
    asked = _together(splits.test.open(), parts.test.open(), parts.validation)
    (measured,) = measure([fitted], asked)
    answers = answers_with_intervals(measured, intervals, asked)
    is_known = np.arange(len(asked)) < len(test)
    return answers.only(is_known), answers.only(~is_known)


def _rows(part: Part, rows: IndexArray) -> Part:
    return Part(part.inputs[rows], part.targets[rows])


def _together(*parts: Part) -> Part:
    return Part(
        np.concatenate([each.inputs for each in parts]),
        np.concatenate([each.targets for each in parts]),
    )


def _windows(known: LabelledPredictions, new: LabelledPredictions, seed: int) -> Iterator[Window]:
    random = np.random.default_rng(seed)
    for _ in range(KNOWN_WINDOWS):
        yield "known", known.only(random.choice(len(known), WINDOW_ROWS))
    for _ in range(MIXED_WINDOWS):
        yield "mixed", new.only(random.choice(len(new), WINDOW_ROWS))
    for cell in _cells(new):
        yield "cell", new.only(cell)


def _cells(rows: LabelledPredictions) -> Iterator[BoolArray]:
    """Return the rows (n,) of each cell with enough of them."""
    places = np.floor(rows.inputs[:, [LATITUDE, LONGITUDE]] / CELL_DEGREES)
    _, cells = np.unique(places, axis=0, return_inverse=True)
    for cell in range(int(cells.max()) + 1):
        chosen = cells.ravel() == cell
        if chosen.sum() >= FEWEST_ROWS:
            yield chosen


def _judged(
    estimator: ErrorEstimator, window: LabelledPredictions, baseline: float
) -> tuple[float, ...]:
    """Return the relative error, whether the band holds the truth, its width, and a false all-clear."""
    found = estimator.estimate(estimator.expected_losses(window))
    rmse, truth = found.estimated_rmse, _rmse(window)
    assert rmse is not None
    all_clear = truth > DOUBLED * baseline and found.estimated_degraded is False
    held = rmse.lower <= truth <= rmse.upper
    return rmse.value / truth - 1.0, held, rmse.upper / rmse.lower, all_clear


def _rmse(rows: LabelledPredictions) -> float:
    return float(np.sqrt(np.mean(rows.residuals**2)))


def _summary(rows: list[tuple[float, ...]]) -> dict[str, float]:
    errors, held, width, all_clear = np.array(rows, dtype=np.float64).T
    return {
        "windows": len(rows),
        "mean_error": float(errors.mean()),
        "mean_absolute_error": float(np.abs(errors).mean()),
        "interval_coverage": float(held.mean()),
        "median_upper_over_lower": float(np.median(width)),
        "fine_at_double": int(all_clear.sum()),
    }


def new_areas_table(found: dict[str, dict[str, float]]) -> str:
    """Write the figures as a Markdown table, with their bars."""
    lines = [
        "| windows | number | estimate off by | band holds | bar | upper / lower | fine at over twice |",
        "|---|---:|---:|---:|---|---:|---:|",
    ]
    for kind, one in found.items():
        met = "met" if one["interval_coverage"] >= BARS[kind] else "MISSED"
        lines.append(
            f"| {kind} | {one['windows']} | {one['mean_error']:+.1%}, {one['mean_absolute_error']:.1%} "
            f"absolute | {one['interval_coverage']:.1%} | {met}: {BARS[kind]:.0%} "
            f"| {one['median_upper_over_lower']:.2f} | {one['fine_at_double']} |"
        )
    return "\n".join(lines)
