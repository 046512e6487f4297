"""A blend of boosted trees for a table that nobody knows: its own rows choose what it is made of."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from storage.schema.arrays import FloatArray
from training.kernels.blend_arrays import BlendArrays, blend
from training.kernels.forest import FlatForest
from training.models.blend.member import Member, Plan, Rows, member
from training.models.blend.trial import settled


class BlendedBoosting(RegressorMixin, BaseEstimator):
    """A weighted mean of up to four boosted models: of the target or its logarithm, on a line or without.

    Trees are at home where a table is jagged and has many rows; a line where it has few or where tomorrow
    lies beyond yesterday; the logarithm where errors grow with the target. Which of them are used, how large
    and how many trees are, and what each counts is settled on held-out rows of the training part.

    Parameters
    ----------
    plan
        The members; None: they are settled when it is fitted.
    in_order
        Whether rows come in the order of time: then members are judged by later rows than they learned from.
    random_state
        Of the held-out rows and of the trees.

    Attributes
    ----------
    plan_ : tuple of Plan
        The members that were chosen.
    forest_ : FlatForest
        The trees of all of them.
    known_ : BlendArrays
        Their lines, scales and weights.
    """

    def __init__(
        self,
        plan: tuple[Plan, ...] | None = None,
        in_order: bool = False,
        random_state: int = 0,
    ) -> None:
        self.plan = plan
        self.in_order = in_order
        self.random_state = random_state

    def fit(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> Self:
        """Settle the members if no plan was given; fit them on features (n, k) and targets (n,)."""
        features, targets = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        weights = None if sample_weight is None else _check_sample_weight(sample_weight, features)
        rows, seed = (
            Rows(features, np.asarray(targets, dtype=np.float64), weights),
            self.random_state,
        )
        self.plan_ = self.plan or settled(rows, in_order=self.in_order, seed=seed)
        members = [member(plan, rows, seed) for plan in self.plan_]
        self.forest_ = FlatForest([each.trees for each in members])
        self.known_ = _arrays(self.plan_, members)
        return self

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Return answers, shape (n,), in the target's unit."""
        check_is_fitted(self, "forest_")
        features = validate_data(self, X, reset=False, dtype=np.float64, order="C")
        answers = np.empty(len(features))
        blend(features, self.forest_.predict(features), self.known_, answers)
        return answers

    def heaviest(self) -> "BlendedBoosting":
        """Return an unfitted one of the member alone that counts most: it errs about as much, much sooner."""
        plan = max(self.plan_, key=lambda each: each.weight)._replace(weight=1.0)
        return BlendedBoosting((plan,), self.in_order, self.random_state)

    def as_settled(self) -> "BlendedBoosting":
        """Return an unfitted one that settles nothing again: the same members with the same weights."""
        return BlendedBoosting(self.plan_, self.in_order, self.random_state)

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen as plain values, by member: "tree, line" and so on."""
        return {f"member_{number}": _told(plan) for number, plan in enumerate(self.plan_, start=1)}


def _told(plan: Plan) -> str:
    kind, size = plan.kind, plan.size
    of = "the logarithm" if kind.is_log else "the target"
    on = " on a line" if kind.has_line else ""
    return (
        f"{plan.weight:.0%}: {size.trees} trees of {size.leaves} leaves{on}, of {of} "
        f"(learning rate {size.rate:g}, at least {size.rows_in_leaf} rows in a leaf)"
    )


def _arrays(plans: Sequence[Plan], members: Sequence[Member]) -> BlendArrays:
    return BlendArrays(
        weights=np.array([each.weight for each in plans]),
        slopes=np.array([each.line.slopes for each in members]),
        lows=np.array([each.line.lows for each in members]),
        highs=np.array([each.line.highs for each in members]),
        intercepts=np.array([each.line.intercept for each in members]),
        are_logs=np.array([each.scale.is_log for each in members]),
        shifts=np.array([each.scale.shift for each in members]),
        highest=np.array([each.scale.highest for each in members]),
        factors=np.array([each.scale.factor for each in members]),
    )
