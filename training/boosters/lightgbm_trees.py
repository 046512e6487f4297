"""Trees that LightGBM grows.

Ke et al. 2017, LightGBM: A Highly Efficient Gradient Boosting Decision Tree.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from training.boosters.conditions import Conditions, TreeNodes
from training.boosters.library import library
from training.boosters.library_trees import Grown, LibraryTrees, Rows

CODES_BETWEEN = "||"
"""Between the codes of a category that go left, in the library's own words."""
ALMOST_ZERO = float(np.float32(1e-35))


class LightGBMTrees(LibraryTrees):
    """LightGBM's trees; parameters are named as in its scikit-learn interface, and see ``LibraryTrees``."""

    library = "lightgbm"

    def __init__(
        self,
        n_estimators: int = 2000,
        learning_rate: float = 0.05,
        num_leaves: int = 31,
        min_child_samples: int = 20,
        colsample_bytree: float = 0.8,
        subsample: float = 0.8,
        reg_lambda: float = 1.0,
        early_stopping_rounds: int | None = 50,
        code_counts: tuple[int, ...] = (),
        n_jobs: int = 1,
        random_state: int = 0,
    ) -> None:
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.num_leaves = num_leaves
        self.min_child_samples = min_child_samples
        self.colsample_bytree = colsample_bytree
        self.subsample = subsample
        self.reg_lambda = reg_lambda
        self.early_stopping_rounds = early_stopping_rounds
        self.code_counts = code_counts
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _grown(self, rows: Rows, checked: Rows | None) -> Grown:
        booster = self._booster(rows, checked)
        rounds = booster.best_iteration if checked is not None else booster.current_iteration()
        dumped = booster.dump_model(num_iteration=rounds)
        conditions = Conditions(self._counts())
        for tree in dumped["tree_info"]:
            conditions.add_nodes(_nodes(tree["tree_structure"], self._counts()))
        return Grown(conditions, 0.0, rounds)

    def _booster(self, rows: Rows, checked: Rows | None) -> Any:
        lightgbm = library(self.library)
        parameters = {"verbose": -1, "num_threads": self.n_jobs}
        known = {"categorical_feature": self._categories() or "auto", "params": parameters}
        train = lightgbm.Dataset(rows.features, rows.targets, weight=rows.weights, **known)
        if checked is None:
            return lightgbm.train(self._parameters(), train, self.n_estimators)
        return lightgbm.train(
            self._parameters(),
            train,
            self.n_estimators,
            valid_sets=[lightgbm.Dataset(checked.features, checked.targets, reference=train)],
            callbacks=[lightgbm.early_stopping(self.early_stopping_rounds, verbose=False)],
        )

    def _parameters(self) -> dict[str, Any]:
        return {
            "objective": "regression",
            "metric": "rmse",
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "min_child_samples": self.min_child_samples,
            "colsample_bytree": self.colsample_bytree,
            "subsample": self.subsample,
            "subsample_freq": 1,
            "reg_lambda": self.reg_lambda,
            "num_threads": self.n_jobs,
            "seed": self.random_state,
            "deterministic": True,
            "force_row_wise": True,
            "verbose": -1,
        }


def _nodes(root: Mapping[str, Any], counts: tuple[int, ...]) -> TreeNodes:
    """Return a tree of the library's dump."""
    nodes = _numbered(root)
    places = {id(node): place for place, node in enumerate(nodes)}
    is_split = ["split_feature" in node for node in nodes]
    return TreeNodes(
        columns=np.array([node.get("split_feature", 0) for node in nodes], np.int64),
        thresholds=np.array([_threshold(node) for node in nodes]),
        left=np.array([_place(places, node, "left_child") for node in nodes], np.int64),
        right=np.array([_place(places, node, "right_child") for node in nodes], np.int64),
        values=np.array([float(node.get("leaf_value", 0.0)) for node in nodes]),
        codes={
            place: list(_codes_to_the_right(node, counts))
            for place, node in enumerate(nodes)
            if is_split[place]
        },
        asks_for_codes=np.array([_asks_for_codes(node) for node in nodes]),
    )


def _numbered(root: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    nodes, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        waiting += [node[side] for side in ("right_child", "left_child") if side in node]
    return nodes


def _place(places: Mapping[int, int], node: Mapping[str, Any], side: str) -> int:
    return places[id(node[side])] if side in node else -1


def _asks_for_codes(node: Mapping[str, Any]) -> bool:
    return node.get("decision_type") == "=="


def _threshold(node: Mapping[str, Any]) -> float:
    if _asks_for_codes(node):
        return 0.0
    threshold = float(node.get("threshold", 0.0))
    # The library takes what is so close to zero for zero, which is above it.
    return float(np.nextafter(threshold, -np.inf)) if threshold == -ALMOST_ZERO else threshold


def _codes_to_the_right(node: Mapping[str, Any], counts: tuple[int, ...]) -> list[int]:
    if _asks_for_codes(node):
        left = {int(code) for code in str(node["threshold"]).split(CODES_BETWEEN)}
        return [code for code in range(counts[node["split_feature"]]) if code not in left]
    # Where training had no gap, the library takes a gap for the number zero.
    gap_is_zero = node["missing_type"] == "None"
    goes_left = node["threshold"] >= 0.0 if gap_is_zero else node["default_left"]
    return [] if goes_left else [0]
