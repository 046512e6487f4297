"""Recognizing another reading of the same subject although its numbers moved a little.

A model that learned a test row with each input a little higher or lower, or at a place 0.01 degrees off,
knows its value all the same. So rows that are merely alike count as one subject, too. How near that is, the
table says itself: so near that few of its own rows have such a double.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from storage.domain.identity import HAS_IDENTITY, OTHERS, PLACE, PLACE_DECIMALS
from storage.domain.inputs import FEATURES
from storage.schema.arrays import FloatArray, IndexArray
from training.dataset.districts import is_district_of, is_newest_reading

LARGEST_TOLERANCE = 0.05
"""Share of the table's rows that may lie between two values of one subject."""
SHARE_WITH_A_DOUBLE = 0.1
"""Of the table's own rows at most: else the tolerance is smaller, or few new rows would be learned."""
STEPS_OF_PLACE = 6.0
"""In the last decimal that counts: rounding to one decimal fewer moves a place by up to 5, a reading by 1."""
FEWEST_FOR_AN_EXCEPTION = 4
"""Inputs beside the place, from which on one may differ by anything: it was corrected, or stuck."""
SEARCHED_INPUTS = 5
MOST_RANKS = 10_000
FEWEST_STEPS = 4
"""From one rank to the next: new values lie between the ranks, so that less would be chance."""
SAMPLE = 2_000
CHUNK = 5_000
FAR = 10.0
"""Between two words, and from a missing value: more than any tolerance."""
SLACK = 1e-9


@dataclass(frozen=True)
class Likeness:
    """Which rows are readings of one subject, by the ranks of their values in a table.

    Two rows are alike if they are at one place, give or take 6 in the last decimal that counts, and if
    between their values of each other input, but one, lies less than a share ``tolerance`` of the table's
    rows (those with one of these values count half). With fewer than four other inputs, there is no
    exception. A word must be the same, and a missing value missing.

    Attributes
    ----------
    ranks
        For each input beside the place, sorted values of the table, at most 10,000.
    tolerance
        At most 0.05; smaller where more than a tenth of the table's own rows would have a double; 0 where
        they are nearer than ranks tell: then only readings count that ``is_district_of`` knows.
    """

    ranks: tuple[FloatArray, ...]
    tolerance: float

    @classmethod
    def of(cls, table: FloatArray) -> Self:
        """Derive it from the inputs (n, d) of a table."""
        ranks = tuple(_ranks(table[:, column]) for column in OTHERS)
        return cls(ranks, _tolerance(_points(table, ranks)))

    def wider(self, times: float) -> Self:
        """Return it with so many times the tolerance."""
        return replace(self, tolerance=times * self.tolerance)

    def is_known(self, inputs: FloatArray, *known: FloatArray) -> NDArray[np.bool_]:
        """Return, for each row of inputs (n, d), whether a known row (m, d) is the same subject or alike.

        Examples
        --------
        >>> random = np.random.default_rng(0)
        >>> table = random.normal(size=(3_000, 8))
        >>> moved = 1.001 * table[:2]
        >>> moved[1, :3] += 1.0
        >>> Likeness.of(table).is_known(moved, table).tolist()
        [True, False]
        """
        found = is_district_of(inputs, *known)
        rows = np.concatenate([*known, inputs[:0]])
        if self.tolerance > 0 and len(rows):
            asked = np.flatnonzero(~found)
            of_row, _ = _alike(self._points(inputs[asked]), self._points(rows), self.tolerance)
            found[asked[of_row]] = True
        return found

    def is_newest(self, inputs: FloatArray) -> NDArray[np.bool_]:
        """Return, for each row of inputs (n, d), whether no earlier kept row is the same subject or alike."""
        newest = is_newest_reading(inputs)
        if self.tolerance == 0:
            return newest
        rows = np.flatnonzero(newest)
        points = self._points(inputs[rows])
        later, earlier = _alike(points, points, self.tolerance)
        pairs = np.unique(np.column_stack([later, earlier])[earlier < later], axis=0)
        for one, other in rows[pairs].tolist():
            newest[one] &= not newest[other]
        return newest

    def _points(self, inputs: FloatArray) -> FloatArray:
        return _points(inputs, self.ranks)


def _ranks(values: FloatArray) -> FloatArray:
    present = np.sort(values[~np.isnan(values)])
    return present[:: max(1, len(present) // MOST_RANKS)]


def _points(inputs: FloatArray, ranks: tuple[FloatArray, ...]) -> FloatArray:
    """Return rows as points, shape (n, k): the inputs beside the place, then the place; alike is near."""
    columns = [
        _ranked(inputs[:, column], of_column, is_word=FEATURES[column].is_category)
        for column, of_column in zip(OTHERS, ranks, strict=True)
    ]
    return np.column_stack([*columns, *(inputs[:, column] for column in PLACE)])


def _ranked(values: FloatArray, ranks: FloatArray, *, is_word: bool) -> FloatArray:
    """Return the share of the table below each value, equal ones half; words and gaps far from all else."""
    if is_word:
        shares = FAR * values
    else:
        ends = [np.searchsorted(ranks, values, side) for side in ("left", "right")]
        shares = np.add(*ends) / (2 * max(1, len(ranks)))
    return np.where(np.isnan(values), -FAR, shares)


def _tolerance(points: FloatArray) -> float:
    """Return the largest tolerance at which few of a sample of the table's rows have a double in it."""
    sample = np.random.default_rng(0).permutation(len(points))[:SAMPLE]
    one, other = _alike(points[sample], points, LARGEST_TOLERANCE)
    # A row that is there twice is one subject: it says nothing of how near two subjects can be.
    apart = (points[sample[one]] != points[other]).any(axis=1)
    distances = _distances(points[sample[one]], points[other])
    nearest = np.full(len(sample), np.inf)
    np.minimum.at(nearest, one[apart], distances[apart])
    allowed = np.sort(nearest)[int(SHARE_WITH_A_DOUBLE * len(sample))] if len(sample) else 0.0
    is_told = allowed > FEWEST_STEPS / min(MOST_RANKS, len(points))
    return float(min(LARGEST_TOLERANCE, allowed)) if is_told else 0.0


def _distances(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return how far pairs of points, shape (n, k), are from each other in all inputs but the exceptions."""
    others = len(OTHERS)
    apart = np.sort(np.abs(one[:, :others] - other[:, :others]), axis=1)
    return np.asarray(apart[:, others - 1 - _exceptions()])


def _alike(
    points: FloatArray, known: FloatArray, tolerance: float
) -> tuple[IndexArray, IndexArray]:
    """Return the pairs of rows of points (n, k) and known ones (m, k) that are alike.

    Of two groups of inputs one agrees whole, if at most one input does not: each group has a search of its
    own, by its first inputs and the place.
    """
    found: list[tuple[IndexArray, IndexArray]] = []
    for group in _groups():
        columns = [*group, *range(len(OTHERS), points.shape[1])]
        scale = np.array([1.0] * len(group) + [_place_scale(tolerance)] * len(PLACE))
        tree = KDTree(known[:, columns] * scale)
        for start in range(0, len(points), CHUNK):
            part = points[start : start + CHUNK]
            lists = tree.query_ball_point(
                part[:, columns] * scale, tolerance + SLACK, p=np.inf, workers=-1
            )
            one = np.repeat(np.arange(len(part)), [len(each) for each in lists])
            other = np.concatenate([*lists, []]).astype(np.intp)
            is_alike = _distances(part[one], known[other]) < tolerance - SLACK
            found.append((start + one[is_alike], other[is_alike]))
    ones, others = zip(*found, strict=True) if found else ((), ())
    nothing = np.zeros(0, dtype=np.intp)
    return np.concatenate([nothing, *ones]), np.concatenate([nothing, *others])


def _place_scale(tolerance: float) -> float:
    """Return what makes the reach of one place as long as the tolerance."""
    return tolerance * 10**PLACE_DECIMALS / STEPS_OF_PLACE if HAS_IDENTITY else 1.0


def _exceptions() -> int:
    return int(len(OTHERS) >= FEWEST_FOR_AN_EXCEPTION)


def _groups() -> list[list[int]]:
    inputs, groups = range(len(OTHERS)), _exceptions() + 1
    return [list(inputs[start::groups])[:SEARCHED_INPUTS] for start in range(groups)]
