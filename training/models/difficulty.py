"""How far answers are off, by how a row looks: what the widths of intervals follow."""

import numpy as np
from sklearn.base import RegressorMixin, clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import KFold, PredefinedSplit, cross_val_predict

from storage.schema.arrays import FloatArray, IndexArray
from storage.schema.drawn import drawn_rows
from training.dataset.districts import subjects_of
from training.kernels.forest import FlatForest
from training.models.blend.regressor import BlendedBoosting
from training.models.early_stopping import without_stopping
from training.models.price_pipeline import (
    PREPROCESSING,
    REGRESSOR,
    PricePipeline,
    placed,
    possible,
)

MOST_ROWS = 200_000
"""Training rows from which difficulty is learned: the model is fitted four times more for it."""
QUANTILE = 0.8
"""Of the absolute errors."""
FOLDS = 4


def fit_difficulty(
    pipeline: PricePipeline, inputs: FloatArray, targets: FloatArray, seed: int
) -> FlatForest:
    """Learn the 80 % quantile of the absolute error from out-of-fold answers on the training part.

    Parameters
    ----------
    pipeline
        Fitted on the training part; not changed.
    inputs
        Shape (n, 8), schema order.
    targets
        Shape (n,), in 100,000 USD.
    seed
        Of the folds and of the trees.

    Returns
    -------
    FlatForest
        From a row's features and, last, its answer, to that quantile, in 100,000 USD.
    """
    rows = drawn_rows(len(inputs), MOST_ROWS, seed)
    inputs, targets = inputs[rows], targets[rows]
    # Fitted again, not only applied: neighbour features leave a training row out of its own
    # neighbourhood only while they are fitted.
    features = np.asarray(clone(pipeline[PREPROCESSING]).fit_transform(placed(inputs), targets))
    folds = PredefinedSplit(_folds(inputs, seed))
    member = _one_member(pipeline[REGRESSOR])
    unseen = possible(cross_val_predict(member, features, targets, cv=folds))
    model = HistGradientBoostingRegressor(
        loss="quantile",
        quantile=QUANTILE,
        learning_rate=0.06,
        max_iter=80,
        max_leaf_nodes=10,
        min_samples_leaf=40,
        l2_regularization=5.0,
        max_features=0.3,
        early_stopping=False,
        random_state=seed,
    )
    model.fit(np.column_stack([features, unseen]), np.abs(targets - unseen))
    return FlatForest([model])


def _folds(inputs: FloatArray, seed: int) -> IndexArray:
    """Return the fold of each row, shape (n,): the same for all rows of one district."""
    fold_of = np.empty(len(inputs), dtype=np.intp)
    folds = KFold(FOLDS, shuffle=True, random_state=seed)
    for number, (_, rows) in enumerate(folds.split(inputs)):
        fold_of[rows] = number
    return np.asarray(fold_of[subjects_of(inputs)])


def _one_member(regressor: RegressorMixin) -> RegressorMixin:
    # One near model errs about as much as the mean of three, in a third of the time.
    if isinstance(regressor, BlendedBoosting):
        return regressor.heaviest()
    copy = without_stopping(regressor)
    return copy.set_params(members=1) if "members" in copy.get_params(deep=False) else copy
