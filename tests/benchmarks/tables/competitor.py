"""One competitor on one split of the table in use, in a process of its own: its memory is its own too.

Run as ``python -m tests.benchmarks.tables.competitor ours|catboost SEED OUT`` with ``HOUSING_TABLE``.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped] # ships no types

from storage.domain.inputs import FEATURES
from storage.schema.arrays import FloatArray
from storage.settings import Settings
from training.dataset.sources import load_table
from training.dataset.splits import Part, Splits, split
from training.evaluation.metrics import evaluate
from training.fitting.fit import choose, fit, quick_enough
from training.models.candidates import all_candidates

THREADS = 2
EARLY_STOPPING_ROUNDS = 50
MEGABYTE = 1024.0


def main(who: str, seed: int, out: Path) -> None:
    """Fit on train, choose by validation, answer test once; write what came out."""
    parts = split(load_table(), seed)
    before = _peak_megabytes()
    started = time.perf_counter()
    model, predicted_by = (_ours if who == "ours" else _catboost)(parts, seed)
    seconds = time.perf_counter() - started
    rows, test = parts.row_counts, parts.test.open()
    figures = {
        "model": model,
        "rmse": evaluate(test.targets, predicted_by(test.inputs)).rmse,
        "seconds": seconds,
        "megabytes": _peak_megabytes() - before,
        "rows": rows,
        "split": parts.learned.kind,
    }
    out.write_text(json.dumps(figures), encoding="utf-8")


def _ours(parts: Splits, seed: int) -> tuple[str, Any]:
    """Let all candidates compete as in a training, the latency budget included."""
    budget = Settings().promotion.latency_budget_microseconds
    fitted = [
        fit(candidate, parts.train, parts.validation, THREADS)
        for candidate in all_candidates(seed, THREADS)
    ]
    winner = choose(quick_enough(fitted, budget))
    return winner.name, winner.pipeline.predict


def _catboost(parts: Splits, seed: int) -> tuple[str, Any]:
    """Fit CatBoost with its defaults, told which columns are categories, stopped early on validation."""
    # Here, because only the benchmark's environment has it.
    from catboost import CatBoostRegressor

    model = CatBoostRegressor(
        random_seed=seed, thread_count=THREADS, verbose=0, allow_writing_files=False
    )
    model.fit(
        _frame(parts.train.inputs),
        parts.train.targets,
        cat_features=[each.name for each in FEATURES if each.categories is not None],
        eval_set=_validation(parts.validation),
        early_stopping_rounds=EARLY_STOPPING_ROUNDS,
    )
    return f"{model.tree_count_} trees", lambda inputs: model.predict(_frame(inputs))


def _validation(part: Part) -> tuple[Any, FloatArray]:
    return _frame(part.inputs), part.targets


def _frame(inputs: FloatArray) -> Any:
    """Return inputs as CatBoost takes them: categories as words, a missing one as a word of its own."""
    frame = pd.DataFrame(inputs, columns=[each.name for each in FEATURES])
    for each in FEATURES:
        if each.categories is not None:
            words = dict(enumerate(each.categories))
            frame[each.name] = frame[each.name].map(words).fillna("(none)").astype(str)
    return frame


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
