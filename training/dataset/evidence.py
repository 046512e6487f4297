"""What single columns tell of the target, judged by rows that were not learned from."""

import itertools
from collections.abc import Sequence

import numpy as np

from storage.schema.arrays import BoolArray, FloatArray
from training.dataset.observed import Observed

MOST_ROWS = 10_000
"""Rows are drawn beyond it: a few seconds must do."""
SEED = 0


def sample(rows: int, most: int = MOST_ROWS) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to learn from and those to judge by, halves of a seeded draw."""
    drawn = np.random.default_rng(SEED).permutation(rows)[:most]
    return drawn[::2], drawn[1::2]


def alone(column: Observed, target: FloatArray) -> float:
    """Return R2 of the best of a small tree and a straight line on this column alone; at least 0."""
    from sklearn.tree import DecisionTreeRegressor

    learn, judge = sample(len(target))
    inputs = _encoded(column, target, learn)[:, None]
    if not np.isfinite(inputs[learn]).any():
        return 0.0
    scale = np.abs(target).max() or 1.0  # so that no square is beyond what a float holds
    known = target / scale
    tree = DecisionTreeRegressor(max_leaf_nodes=300, min_samples_leaf=3, random_state=SEED)
    answers = [tree.fit(_small(inputs[learn]), known[learn]).predict(_small(inputs[judge]))]
    if np.isfinite(inputs).all():
        answers.append(_line(inputs[:, 0], known, learn)[judge])
    return max(0.0, *(_r2(known[judge], each) for each in answers))


def importances(inputs: Sequence[Observed], target: FloatArray, most: int = 4_000) -> list[float]:
    """Return for each input by how much a quick model's R2 falls when its values are shuffled."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    learn, judge = sample(len(target), most)
    known = target / (np.abs(target).max() or 1.0)
    rows = np.column_stack([_encoded(one, target, learn) for one in inputs])
    model = HistGradientBoostingRegressor(max_iter=60, random_state=SEED, early_stopping=False)
    model.fit(rows[learn], known[learn])
    held, random = rows[judge], np.random.default_rng(SEED)
    whole = _r2(known[judge], model.predict(held))
    found = []
    for place in range(len(inputs)):
        shuffled = held.copy()
        shuffled[:, place] = random.permutation(shuffled[:, place])
        found.append(whole - _r2(known[judge], model.predict(shuffled)))
    return found


def rises_steadily(column: Observed, target: FloatArray) -> bool:
    """Whether the mean target rises from each tenth of the rows by this input to the next."""
    present = ~np.isnan(column.values)
    order = np.argsort(column.values[present], kind="stable")
    if len(np.unique(column.values[present])) < 10:
        return False
    means = [float(part.mean()) for part in np.array_split(target[present][order], 10)]
    return all(low < high for low, high in itertools.pairwise(means))


def middle_row(inputs: Sequence[Observed], rows: BoolArray) -> int:
    """Return the row of ``rows`` whose numbers are nearest to the middle, and whose words are frequent."""
    chosen = np.flatnonzero(rows)
    chosen = np.random.default_rng(SEED).permutation(chosen)[:MOST_ROWS]
    distance = np.zeros(len(chosen))
    for one in inputs:
        values = one.values[chosen]
        if one.is_number:
            order = np.searchsorted(np.sort(values), values)
            distance += (order / len(chosen) - 0.5) ** 2
        else:
            counts = np.bincount(values.astype(np.intp), minlength=len(one.words))
            distance += 0.25 * (1 - counts[values.astype(np.intp)] / counts.max())
    return int(chosen[np.argmin(distance)])


def _encoded(column: Observed, target: FloatArray, learn: np.ndarray) -> FloatArray:
    """Return numbers as they are, and words as the mean target of their rows."""
    values = column.values
    if column.is_number:
        return values
    codes = np.where(np.isnan(values), len(column.words), values).astype(np.intp)
    size = len(column.words) + 1
    counts = np.bincount(codes[learn], minlength=size)
    sums = np.bincount(codes[learn], target[learn] / (np.abs(target).max() or 1.0), size)
    means: FloatArray = np.divide(sums, counts, out=np.zeros(size), where=counts > 0)
    return means[codes]


def _small(inputs: FloatArray) -> np.ndarray:
    # Trees split float32, in which larger numbers would be infinite.
    largest = np.finfo(np.float32).max
    return np.clip(inputs, -largest, largest)


def _line(values: FloatArray, target: FloatArray, learn: np.ndarray) -> FloatArray:
    scaled = values / (np.abs(values).max() or 1.0)
    middle, height = scaled[learn].mean(), target[learn].mean()
    spread = scaled[learn] - middle
    square = float(spread @ spread)
    slope = float(spread @ (target[learn] - height)) / square if square else 0.0
    return np.asarray(height + slope * (scaled - middle))


def _r2(known: FloatArray, told: FloatArray) -> float:
    spread = float(((known - known.mean()) ** 2).sum())
    return 1.0 - float(((known - told) ** 2).sum()) / spread if spread else 0.0
