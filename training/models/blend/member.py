"""One member of a blend: boosted trees, perhaps on a line, perhaps for the logarithm of the target."""

from dataclasses import dataclass
from typing import NamedTuple

from storage.schema.arrays import FloatArray, IndexArray
from training.models.blend.line import Line, flat, ridge
from training.models.blend.target_scale import TargetScale, scale_of
from training.models.neighbour_boosting import BoostedTrees


@dataclass(frozen=True)
class Rows:
    """Features (n, k), targets (n,) in their unit, and weights (n,) if they differ."""

    features: FloatArray
    targets: FloatArray
    weights: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, rows: IndexArray) -> "Rows":
        weights = None if self.weights is None else self.weights[rows]
        return Rows(self.features[rows], self.targets[rows], weights)


class Kind(NamedTuple):
    """What trees learn: the target or its logarithm, whole or what a line leaves of it."""

    has_line: bool
    is_log: bool


class TreeSize(NamedTuple):
    """How large trees are, how much each counts, and how many there are."""

    leaves: int
    rows_in_leaf: int
    rate: float
    trees: int


class Plan(NamedTuple):
    """A member that is settled; ``weight`` is its share of an answer, ``factor`` its scale's."""

    kind: Kind
    size: TreeSize
    weight: float
    factor: float


@dataclass(frozen=True)
class Member:
    """A fitted member."""

    trees: BoostedTrees
    line: Line
    scale: TargetScale


def fitted(kind: Kind, size: TreeSize, rows: Rows, scale: TargetScale, seed: int) -> Member:
    """Fit the line, if there is one, then the trees on what it leaves."""
    goals = scale.forward(rows.targets)
    line = flat(rows.features.shape[1])
    if kind.has_line:
        line = ridge(rows.features, goals, rows.weights)
    trees = _trees(size, seed)
    trees.fit(rows.features, goals - line.answers(rows.features), sample_weight=rows.weights)
    return Member(trees, line, scale)


def member(plan: Plan, rows: Rows, seed: int) -> Member:
    """Fit a member as it was settled."""
    scale = scale_of(rows.targets, logarithm=plan.kind.is_log)._replace(factor=plan.factor)
    return fitted(plan.kind, plan.size, rows, scale, seed)


def _trees(size: TreeSize, seed: int) -> BoostedTrees:
    return BoostedTrees(
        max_iter=size.trees,
        learning_rate=size.rate,
        max_leaf_nodes=size.leaves,
        min_samples_leaf=size.rows_in_leaf,
        l2_regularization=1.0,
        max_features=0.6,
        early_stopping=False,
        random_state=seed,
    )
