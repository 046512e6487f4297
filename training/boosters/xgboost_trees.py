"""Trees that XGBoost grows (Chen and Guestrin 2016, XGBoost: A Scalable Tree Boosting System)."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from storage.schema.arrays import FloatArray
from training.boosters.conditions import Conditions, TreeNodes, thresholds_of_singles
from training.boosters.library import library
from training.boosters.library_trees import Grown, LibraryTrees, Rows


class XGBoostTrees(LibraryTrees):
    """XGBoost's trees; parameters are named as in its scikit-learn interface, and see ``LibraryTrees``.

    The library adds its leaves up in single precision, and they are added up in double here: the answers
    agree to single precision.
    """

    library = "xgboost"

    def __init__(
        self,
        n_estimators: int = 2000,
        learning_rate: float = 0.05,
        max_depth: int = 6,
        min_child_weight: float = 5.0,
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
        self.max_depth = max_depth
        self.min_child_weight = min_child_weight
        self.colsample_bytree = colsample_bytree
        self.subsample = subsample
        self.reg_lambda = reg_lambda
        self.early_stopping_rounds = early_stopping_rounds
        self.code_counts = code_counts
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _grown(self, rows: Rows, checked: Rows | None) -> Grown:
        booster = self._booster(rows, checked)
        rounds = booster.best_iteration + 1 if checked is not None else self.n_estimators
        learned = json.loads(booster[:rounds].save_raw("json"))["learner"]
        conditions = Conditions(self._counts())
        for tree in learned["gradient_booster"]["model"]["trees"]:
            conditions.add_nodes(_nodes(tree))
        return Grown(conditions, _base_score(learned), rounds)

    def _booster(self, rows: Rows, checked: Rows | None) -> Any:
        xgboost = library(self.library)
        train = self._matrix(xgboost, rows)
        if checked is None:
            return xgboost.train(self._parameters(), train, self.n_estimators)
        return xgboost.train(
            self._parameters(),
            train,
            self.n_estimators,
            evals=[(self._matrix(xgboost, checked), "validation")],
            early_stopping_rounds=self.early_stopping_rounds,
            verbose_eval=False,
        )

    def _matrix(self, xgboost: Any, rows: Rows) -> Any:
        return xgboost.DMatrix(
            rows.features,
            rows.targets,
            weight=rows.weights,
            feature_types=["c" if count else "q" for count in self._counts()],
            enable_categorical=True,
            nthread=self.n_jobs,
        )

    def _parameters(self) -> dict[str, Any]:
        return {
            "objective": "reg:squarederror",
            "eval_metric": "rmse",
            "tree_method": "hist",
            "learning_rate": self.learning_rate,
            "max_depth": self.max_depth,
            "min_child_weight": self.min_child_weight,
            "colsample_bytree": self.colsample_bytree,
            "subsample": self.subsample,
            "reg_lambda": self.reg_lambda,
            "nthread": self.n_jobs,
            "seed": self.random_state,
            "verbosity": 0,
        }


def _base_score(learned: Mapping[str, Any]) -> float:
    """Return what every answer begins with: one number, or since XGBoost 3.1 a list of one."""
    return float(np.ravel(json.loads(learned["learner_model_param"]["base_score"]))[0])


def _nodes(tree: Mapping[str, Any]) -> TreeNodes:
    """Return a tree of the library's own file format."""
    left, right = (np.array(tree[f"{side}_children"], np.int64) for side in ("left", "right"))
    conditions = np.array(tree["split_conditions"], np.float32)
    asks_for_codes = np.array(tree["split_type"], np.int64) == 1
    codes = {
        node: [] if default_left else [0]
        for node, default_left in enumerate(tree["default_left"])
        if left[node] >= 0
    }
    return TreeNodes(
        columns=np.array(tree["split_indices"], np.int64),
        thresholds=thresholds_of_singles(conditions, border_is_above=True),
        left=left,
        right=right,
        values=_leaf_values(conditions, left),
        codes=codes | _codes_to_the_right(tree),
        asks_for_codes=asks_for_codes,
    )


def _leaf_values(conditions: Any, left: Any) -> FloatArray:
    return np.where(left < 0, conditions.astype(np.float64), 0.0)


def _codes_to_the_right(tree: Mapping[str, Any]) -> dict[int, list[int]]:
    places = zip(
        tree["categories_nodes"],
        tree["categories_segments"],
        tree["categories_sizes"],
        strict=True,
    )
    return {node: tree["categories"][first : first + size] for node, first, size in places}
