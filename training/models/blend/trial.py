"""What members are worth: each is tried on rows that it did not learn, and so are their mixtures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.optimize import nnls
from sklearn.model_selection import ShuffleSplit, TimeSeriesSplit

from storage.schema.arrays import FloatArray, IndexArray
from training.models.blend.member import Kind, Member, Plan, Rows, TreeSize, fitted
from training.models.blend.target_scale import has_logarithm, scale_of

HELD_OUT = 0.2
HELD_OUT_IN_ORDER = 5
"""The last of so many equal stretches is held out, then the one before it, and so on."""
MOST_JUDGED = 10_000
"""Rows of a draw by which members are judged: more cost memory and change nothing."""
MOST_TRIED = 200_000
"""Rows on which members are tried; those that are chosen learn from all."""
SMALLEST_WEIGHT = 0.1
"""A member that counts less is left out: it would make answers slower and hardly better."""


class Effort(NamedTuple):
    """For tables of fewer rows than ``below``: how often rows are drawn, and which trees are tried."""

    below: float
    draws: int
    sizes: tuple[TreeSize, ...]


EFFORTS = (
    Effort(
        2_000,
        4,
        (TreeSize(3, 5, 0.05, 300), TreeSize(6, 8, 0.05, 300), TreeSize(14, 12, 0.05, 200)),
    ),
    Effort(
        20_000,
        2,
        (TreeSize(8, 10, 0.06, 600), TreeSize(16, 15, 0.06, 500), TreeSize(31, 20, 0.05, 500)),
    ),
    Effort(np.inf, 1, (TreeSize(31, 20, 0.07, 800), TreeSize(63, 20, 0.05, 500))),
)
KINDS = tuple(Kind(has_line, is_log) for is_log, has_line in product((False, True), repeat=2))

Draw = tuple[IndexArray, IndexArray]
"""Rows to learn from, and rows to be judged by."""


@dataclass(frozen=True)
class Tried:
    """A kind with its best trees: mean squared error, and answers to the judged rows of all draws, (n,)."""

    kind: Kind
    size: TreeSize
    factor: float
    error: float
    answers: FloatArray

    def planned(self, weight: float) -> Plan:
        """Return the member as it is settled."""
        return Plan(self.kind, self.size, weight, self.factor)


def settled(rows: Rows, *, in_order: bool, seed: int) -> tuple[Plan, ...]:
    """Try members on held-out rows; return those that are worth it, with weights that add up to 1.

    The size of trees is chosen for the target as it is; the others take it, and each its own number of trees.

    Parameters
    ----------
    rows
        Of the training part, in the order of time if ``in_order``: then later ones judge what earlier ones
        taught, as it will be in service.
    seed
        Of the draws and of the trees.
    """
    effort = next(each for each in EFFORTS if len(rows) < each.below)
    draws = list(_in_order(len(rows), effort) if in_order else _at_random(len(rows), effort, seed))
    plain, *others = KINDS if has_logarithm(rows.targets) else KINDS[:2]
    best = min((tried(plain, size, rows, draws, seed) for size in effort.sizes), key=_error)
    whole = next(size for size in effort.sizes if size.leaves == best.size.leaves)
    found = [best, *(tried(kind, whole, rows, draws, seed) for kind in others)]
    if len(rows) > MOST_TRIED:
        return (min(found, key=_error).planned(1.0),)  # every further member takes minutes
    return _worth_it(found, np.concatenate([rows.targets[judged] for _, judged in draws]))


def tried(kind: Kind, size: TreeSize, rows: Rows, draws: Sequence[Draw], seed: int) -> Tried:
    """Fit a kind for each draw; find the number of trees that is best over all of them."""
    scale = scale_of(rows.targets, logarithm=kind.is_log)
    curves = []
    for learned, judged in draws:
        one = fitted(kind, size, rows[learned], scale, seed)
        curves.append(_curve(one, rows[judged]))
    errors = np.mean([each.errors for each in curves], axis=0)
    count = int(errors.argmin())
    return Tried(
        kind,
        size._replace(trees=count + 1),
        float(np.mean([each.factors[count] for each in curves])),
        float(errors[count]),
        np.concatenate([each.answers[count] for each in curves]),
    )


def mixture(answers: FloatArray, targets: FloatArray) -> FloatArray:
    """Return the weights (m,) by which answers (n, m) mixed have the least squared error.

    None is below 0 and they add up to 1, so a mixture is never beyond its members (Breiman 1996, Stacked
    Regressions).

    Examples
    --------
    >>> mixture(np.array([[0.0, 2.0], [4.0, 2.0]]), np.array([1.0, 3.0])).round(3).tolist()
    [0.5, 0.5]
    """
    unit = float(targets.std()) or 1.0
    heavy = 1e3 * np.sqrt(len(targets))  # that they add up to 1 counts a million times as much
    wanted, _ = nnls(
        np.vstack([answers / unit, np.full((1, answers.shape[1]), heavy)]),
        np.append(targets / unit, heavy),
    )
    return np.asarray(wanted / wanted.sum())


class _Curve(NamedTuple):
    """After each tree, shape (t,): error and factor; and answers, shape (t, n)."""

    errors: FloatArray
    factors: FloatArray
    answers: FloatArray


def _curve(one: Member, judged: Rows) -> _Curve:
    line = one.line.answers(judged.features)
    answers, factors = [], []
    for sums in one.trees.staged_predict(judged.features):
        scale = one.scale.smeared(sums + line, judged.targets)
        answers.append(scale.backward(sums + line))
        factors.append(scale.factor)
    errors = np.square(np.array(answers) - judged.targets).mean(axis=1)
    return _Curve(errors, np.array(factors), np.array(answers))


def _worth_it(found: Sequence[Tried], targets: FloatArray) -> tuple[Plan, ...]:
    answers = np.column_stack([each.answers for each in found])
    kept = np.flatnonzero(mixture(answers, targets) >= SMALLEST_WEIGHT)
    weights = mixture(answers[:, kept], targets)
    pairs = zip(kept.tolist(), weights.tolist(), strict=True)
    return tuple(found[number].planned(weight) for number, weight in pairs if weight > 0)


def _error(one: Tried) -> float:
    return one.error


def _at_random(rows: int, effort: Effort, seed: int) -> Iterator[Draw]:
    sizes = {"train_size": MOST_TRIED} if rows * (1 - HELD_OUT) > MOST_TRIED else {}
    splitter = ShuffleSplit(effort.draws, test_size=HELD_OUT, random_state=seed, **sizes)
    for learned, judged in splitter.split(np.zeros(rows)):
        yield learned, judged[:MOST_JUDGED]


def _in_order(rows: int, effort: Effort) -> Iterator[Draw]:
    stretch = max(1, rows // HELD_OUT_IN_ORDER)
    splitter = TimeSeriesSplit(effort.draws, test_size=stretch)
    for learned, judged in splitter.split(np.zeros(rows)):
        yield learned[-MOST_TRIED:], judged[:: 1 + (len(judged) - 1) // MOST_JUDGED]
