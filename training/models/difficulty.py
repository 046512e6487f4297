"""How far answers are off, by how a row looks: what the widths of intervals follow."""

from collections.abc import Iterator
from typing import NamedTuple, Self

import numpy as np
from sklearn.base import RegressorMixin, TransformerMixin, clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import KFold, PredefinedSplit, cross_val_predict

from storage.domain.place import HAS_PLACE, LATITUDE, LONGITUDE, STEPS_PER_DEGREE
from storage.schema.arrays import FloatArray, IndexArray
from storage.schema.drawn import drawn_rows
from training.dataset.districts import subjects_of
from training.features.map_cells import cell_folds
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
"""Training rows from which difficulty is learned: the model is fitted four times more for it, nine
times where rows have a place."""
QUANTILE = 0.8
"""Of the absolute errors."""
FOLDS = 4
AREA_FOLDS, CELLS_ACROSS = 5, 12
"""Whole areas are taken away by a fifth; so many cells lie side by side where nine of ten rows are."""
FEWEST_ROWS = 1_000
"""Of a training part from which areas are taken away: of fewer, too little would be left to learn from."""


class Seen(NamedTuple):
    """Rows as a model sees them that did not learn them.

    Attributes
    ----------
    columns
        Shape (n, n_features + 1): the features and, last, the answer.
    errors
        Shape (n,), absolute, in 100,000 USD.
    """

    columns: FloatArray
    errors: FloatArray

    @classmethod
    def of(cls, features: FloatArray, answers: FloatArray, targets: FloatArray) -> Self:
        """Return rows with features (n, n_features), answers and targets (n,)."""
        return cls(np.column_stack([features, answers]), np.abs(targets - answers))


def fit_difficulty(
    pipeline: PricePipeline, inputs: FloatArray, targets: FloatArray, seed: int
) -> FlatForest:
    """Learn the 80 % quantile of the absolute error from answers to training rows that were not learned.

    Where rows have a place, each is a lesson twice: as it looks among the others, and as it looks when its
    whole area was never learned. Else the errors of known areas would be all that is known, and what tells
    that a row is far from all others would mean nothing.

    Parameters
    ----------
    pipeline
        Fitted on the training part; not changed.
    inputs
        Shape (n, d), schema order.
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
    preprocessing, member = pipeline[PREPROCESSING], _one_member(pipeline[REGRESSOR])
    lessons = [_among_the_others(preprocessing, member, inputs, targets, seed)]
    if HAS_PLACE and len(inputs) >= FEWEST_ROWS:
        lessons += _in_new_areas(preprocessing, member, inputs, targets, seed)
    columns, errors = map(np.concatenate, zip(*lessons, strict=True))
    return FlatForest([_model(seed).fit(columns, errors)])


def _model(seed: int) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(
        loss="quantile",
        quantile=QUANTILE,
        learning_rate=0.06,
        max_iter=150,
        max_leaf_nodes=10,
        min_samples_leaf=20,
        l2_regularization=5.0,
        max_features=0.6,
        early_stopping=False,
        random_state=seed,
    )


def _among_the_others(
    preprocessing: TransformerMixin,
    member: RegressorMixin,
    inputs: FloatArray,
    targets: FloatArray,
    seed: int,
) -> Seen:
    # Fitted again, not only applied: neighbour features leave a training row out of its own
    # neighbourhood only while they are fitted.
    features = np.asarray(clone(preprocessing).fit_transform(placed(inputs), targets))
    folds = PredefinedSplit(_folds(inputs, seed))
    answers = possible(cross_val_predict(member, features, targets, cv=folds))
    return Seen.of(features, answers, targets)


def _in_new_areas(
    preprocessing: TransformerMixin,
    member: RegressorMixin,
    inputs: FloatArray,
    targets: FloatArray,
    seed: int,
) -> Iterator[Seen]:
    """Yield the rows of each fold of areas, as seen by a model that learned the other folds."""
    places = inputs[:, [LATITUDE, LONGITUDE]]
    low, high = np.percentile(places, [5, 95], axis=0)
    sides = np.maximum((high - low) / CELLS_ACROSS, 1.0 / STEPS_PER_DEGREE)
    folds = cell_folds(places, sides, AREA_FOLDS, seed)
    for fold in range(AREA_FOLDS):
        away = folds == fold
        if away.any() and not away.all():
            steps = [(PREPROCESSING, clone(preprocessing)), (REGRESSOR, clone(member))]
            stranger = PricePipeline(steps).fit(inputs[~away], targets[~away])
            features = np.asarray(stranger.features(inputs[away]))
            yield Seen.of(features, stranger.prices(features), targets[away])


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
