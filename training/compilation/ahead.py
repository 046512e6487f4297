"""Calls every compiled function as training and service do, with small models: a call compiles it."""

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline

from storage.models.pickles import pickled, unpickled
from training.boosters.conditions import Conditions, TreeNodes
from training.boosters.lightgbm_trees import LightGBMTrees
from training.dataset.sources import load_table
from training.dataset.splits import Part, split
from training.dataset.table import HousingTable
from training.features.encoded_inputs import EncodedInputs
from training.features.ranked_inputs import RankedInputs, code_counts
from training.fitting.fit import fit, fit_intervals
from training.fitting.search import SEARCHED
from training.models.blend.member import Kind, Plan, TreeSize
from training.models.blend.regressor import BlendedBoosting
from training.models.candidates import Candidate, all_candidates
from training.models.predictor import compiled_if_equal
from training.models.price_pipeline import PREPROCESSING, REGRESSOR, PricePipeline
from training.models.reference_profile import ReferenceProfile, ReferenceSearch

SEED = 0
ENOUGH_ROWS = 2_500
"""About so many rows of the table are enough: how well the model predicts is not the point."""
FEW = 5
FEW_TREES = {
    "hist_gradient_boosting": {"regressor__max_iter": FEW},
    SEARCHED: {"regressor__near__max_iter": FEW, "regressor__far__max_iter": FEW},
}
"""The candidates that are compiled when they are served, and what makes them small."""
FEW_BOOSTED = HistGradientBoostingRegressor(max_iter=FEW)
FEW_BLENDED = BlendedBoosting((Plan(Kind(True, True), TreeSize(6, 8, 0.1, FEW), 1.0, 1.0),))

SMALLEST_TREE = TreeNodes(
    columns=np.zeros(3, np.int64),
    thresholds=np.zeros(3),
    left=np.array([1, -1, -1], np.int64),
    right=np.array([2, -1, -1], np.int64),
    values=np.array([0.0, -1.0, 1.0]),
    codes={0: [0]},
    asks_for_codes=np.zeros(3, np.bool_),
)
"""A question and two leaves."""


def compile_all() -> None:
    """Fit, load and ask small models as training and service do: a function is compiled when it is called."""
    table = load_table()
    each = max(1, len(table) // ENOUGH_ROWS)
    splits = split(HousingTable(table.values[::each], table.origin), SEED)
    candidates = [each for each in all_candidates(SEED, 1) if each.name in FEW_TREES]
    encoded = (_with_encoded_inputs(each) for each in (FEW_BOOSTED, FEW_BLENDED))
    for candidate in (*candidates, *encoded):
        candidate.pipeline.set_params(**FEW_TREES.get(candidate.name, {}))
        fitted = fit(candidate, splits.train, splits.validation, threads=1)
        intervals = unpickled(pickled(fit_intervals(fitted, splits, SEED)))
        # As they are after loading: an array that must not be written to is another type.
        _ask(unpickled(pickled(fitted.pipeline)), intervals, splits.train)
    _ask(unpickled(pickled(_with_coded_trees(splits.train))), intervals, splits.train)


def _with_encoded_inputs(regressor: Any) -> Candidate:
    """Return what answers for a table with categories or missing values, whatever the table here has."""
    steps = [(PREPROCESSING, EncodedInputs()), (REGRESSOR, clone(regressor))]
    return Candidate("encoded", "Encoded inputs", PricePipeline(steps))


def _with_coded_trees(learned: Part) -> Pipeline:
    """Return what answers with the trees of an optional library; this one is none that a library grew."""
    counts = code_counts() or (0,) * learned.inputs.shape[1]
    conditions = Conditions(counts)
    conditions.add_nodes(SMALLEST_TREE)
    trees = LightGBMTrees(code_counts=counts)
    trees.forest_ = conditions.forest(baseline=float(learned.targets.mean()))
    encoding = RankedInputs().fit(learned.inputs, learned.targets)
    return PricePipeline([(PREPROCESSING, encoding), (REGRESSOR, trees)])


def _ask(pipeline: Any, intervals: Any, learned: Part) -> None:
    profile = ReferenceProfile.fit(learned.inputs, learned.targets, SEED)
    search = ReferenceSearch(ReferenceProfile.from_bytes(profile.to_bytes()))
    model = compiled_if_equal(pipeline, intervals, search, profile.background)
    if model is None:
        raise RuntimeError("the model that is served was not compiled")
    one = np.ascontiguousarray(learned.inputs[:1])
    model.answer(one)
    model.predict(one)
