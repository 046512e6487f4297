"""Trees that CatBoost grows.

Prokhorenkova et al. 2018, CatBoost: unbiased boosting with categorical features.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd  # type: ignore[import-untyped] # ships no types

from storage.schema.arrays import IntegerArray
from training.boosters.conditions import Conditions, thresholds_of_singles
from training.boosters.library import library
from training.boosters.library_trees import Grown, LibraryTrees, Rows
from training.kernels.forest import MOST_LEAVES

Tree: TypeAlias = Mapping[str, Any]
NUMBER = "FloatFeature"
"""What the library calls a split by a number."""


class CatBoostTrees(LibraryTrees):
    """CatBoost's trees; parameters are named as in its scikit-learn interface, and see ``LibraryTrees``.

    Its statistics of categories are of one column each: those of several columns at once, which it makes by
    default, would need its own tables to answer.
    """

    library = "catboost"

    def __init__(
        self,
        n_estimators: int = 2000,
        learning_rate: float = 0.05,
        depth: int = 6,
        l2_leaf_reg: float = 3.0,
        early_stopping_rounds: int | None = 50,
        code_counts: tuple[int, ...] = (),
        n_jobs: int = 1,
        random_state: int = 0,
    ) -> None:
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.depth = depth
        self.l2_leaf_reg = l2_leaf_reg
        self.early_stopping_rounds = early_stopping_rounds
        self.code_counts = code_counts
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _grown(self, rows: Rows, checked: Rows | None) -> Grown:
        model = library(self.library).CatBoost(self._parameters())
        pool = None if checked is None else self._pool(checked)
        patience = None if checked is None else self.early_stopping_rounds
        model.fit(self._pool(rows), eval_set=pool, early_stopping_rounds=patience)
        trees = _oblivious_trees(model)
        scale, bias = model.get_scale_and_bias()
        conditions = Conditions(self._counts())
        conditions.leaves = [scale * np.array(tree["leaf_values"]) for tree in trees]
        self._add_numbers(conditions, trees)
        self._add_codes(conditions, trees, model)
        return Grown(conditions, float(bias), len(trees))

    def _add_numbers(self, conditions: Conditions, trees: Sequence[Tree]) -> None:
        """Add what is asked of numbers; a gap is below every border, in the library and here."""
        numbers = [column for column, count in enumerate(self._counts()) if not count]
        for tree, bit, split in _splits(trees):
            if split["split_type"] == NUMBER:
                border = np.array([split["border"]], np.float32)
                (threshold,) = thresholds_of_singles(border, border_is_above=False).tolist()
                column = numbers[split["float_feature_index"]]
                conditions.above.append((column, threshold, tree, _leaves_with(bit)))

    def _add_codes(self, conditions: Conditions, trees: Sequence[Tree], model: Any) -> None:
        """Add what is asked of categories, as the library tells it of a row with each code.

        A bit of the leaf that a row ends in answers one question. The rows of one column differ in nothing
        else, so that the question is about the column for which its bit is not always the same.
        """
        leaves = {column: self._leaves_by_code(model, column) for column in self._categories()}
        for tree, bit, split in _splits(trees):
            if split["split_type"] == NUMBER:
                continue
            bits = {column: of_code[:, tree] >> bit & 1 for column, of_code in leaves.items()}
            about = [column for column, each in bits.items() if each.min() != each.max()]
            for column in about or self._categories()[:1]:
                for code in np.flatnonzero(bits[column]).tolist():
                    conditions.keep(column, code, tree, _leaves_with(bit))

    def _leaves_by_code(self, model: Any, column: int) -> IntegerArray:
        """Return the number of the leaf that a row with each code ends in, shape (n_codes, n_trees)."""
        rows = np.zeros((self._counts()[column], len(self._counts())))
        rows[:, column] = np.arange(len(rows))
        return np.asarray(model.calc_leaf_indexes(self._pool(Rows(rows))), dtype=np.int64)

    def _pool(self, rows: Rows) -> Any:
        columns = {
            str(column): rows.features[:, column].astype(np.int64 if count else np.float32)
            for column, count in enumerate(self._counts())
        }
        return library(self.library).Pool(
            pd.DataFrame(columns),
            rows.targets,
            cat_features=self._categories(),
            weight=rows.weights,
            thread_count=self.n_jobs,
        )

    def _parameters(self) -> dict[str, Any]:
        return {
            "loss_function": "RMSE",
            "iterations": self.n_estimators,
            "learning_rate": self.learning_rate,
            "depth": self.depth,
            "l2_leaf_reg": self.l2_leaf_reg,
            "max_ctr_complexity": 1,
            "thread_count": self.n_jobs,
            "random_seed": self.random_state,
            "allow_writing_files": False,
            "logging_level": "Silent",
        }


def _oblivious_trees(model: Any) -> Sequence[Tree]:
    """Return the trees as the library writes them, which it does to files only."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.json"
        model.save_model(str(file), format="json")
        written: Sequence[Tree] = json.loads(file.read_text(encoding="utf-8"))["oblivious_trees"]
    return written


def _splits(trees: Sequence[Tree]) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """Yield each split with the place of its tree, and of its bit in the number of a leaf."""
    for tree, each in enumerate(trees):
        for bit, split in enumerate(each["splits"]):
            yield tree, bit, split


def _leaves_with(bit: int) -> int:
    """Return the set of leaves in whose number a bit is set."""
    return sum(1 << leaf for leaf in range(MOST_LEAVES) if leaf >> bit & 1)
