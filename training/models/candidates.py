"""Every model that competes, unfitted: a pipeline from the raw inputs to the target."""

import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sklearn.base import RegressorMixin, TransformerMixin
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import FunctionTransformer

from storage.domain.inputs import ARE_PLAIN
from storage.domain.table import TABLE
from storage.errors import InvalidInput
from storage.schema.triggers import TrainingPlan
from storage.settings import Settings
from training.boosters.catboost_trees import CatBoostTrees
from training.boosters.library import LABELS, library
from training.boosters.library_trees import LibraryTrees
from training.boosters.lightgbm_trees import LightGBMTrees
from training.boosters.xgboost_trees import XGBoostTrees
from training.features.encoded_inputs import EncodedInputs
from training.features.ranked_inputs import RankedInputs, code_counts
from training.models.blend.regressor import BlendedBoosting
from training.models.price_pipeline import PREPROCESSING, REGRESSOR, PricePipeline, price_pipeline

FOR_ANY_TABLE = ("linear_regression", "blended_boosting")
"""What competes where the definition names none; of boosted trees, the blend has the best of each kind."""
OPTIONAL: dict[str, type[LibraryTrees]] = {
    each.library: each for each in (LightGBMTrees, XGBoostTrees, CatBoostTrees)
}
"""Candidates whose library is not installed with the product."""


@dataclass(frozen=True)
class Candidate:
    """One competitor: its name in files and tables, its name for people, its unfitted pipeline.

    Whoever made the pipeline, it becomes a ``PricePipeline`` here, so that every competitor is fitted,
    measured and served with the same promises.
    """

    name: str
    label: str
    pipeline: PricePipeline

    def __post_init__(self) -> None:
        """Make a plain pipeline one that keeps the promises."""
        object.__setattr__(self, "pipeline", price_pipeline(self.pipeline))


def all_candidates(seed: int, threads: int) -> tuple[Candidate, ...]:
    """Return every competitor: built-in ones, the fastest first, then optional ones, then own ones.

    Parameters
    ----------
    seed
        Fixes what is random in the fitting.
    threads
        Threads that fitting may use where the library takes a number.

    Raises
    ------
    InvalidInput
        If the table's definition names one that there is not, or whose code cannot be used.
    """
    wanted = TABLE.candidates.built_in
    names = FOR_ANY_TABLE if wanted is None else wanted
    chosen = select(built_in_candidates(seed, threads), names) if names else ()
    optional = (optional_candidate(name, seed, threads) for name in TABLE.candidates.optional)
    own = (own_candidate(name, where, seed) for name, where in TABLE.candidates.own.items())
    return (*chosen, *optional, *own)


def built_in_candidates(seed: int, threads: int) -> tuple[Candidate, ...]:
    """Return those that come with the product, whatever the table's definition names."""
    return (
        _linear_regression(seed),
        _random_forest(seed, threads),
        _gradient_boosting(seed),
        _hist_gradient_boosting(seed),
        _blended_boosting(seed),
    )


def optional_candidate(name: str, seed: int, threads: int) -> Candidate:
    """Return a candidate whose trees an optional library grows; only fitting needs the library."""
    model = OPTIONAL[name](code_counts=code_counts(), n_jobs=threads, random_state=seed)
    preprocessing = _as_they_are() if ARE_PLAIN else RankedInputs()
    return _candidate(name, LABELS[name], preprocessing, model)


def require_libraries(candidates: Iterable[Candidate]) -> None:
    """Make sure that the libraries of optional candidates can be used, before anything is fitted.

    Raises
    ------
    InvalidInput
        If one is not installed; the message says how to install it.
    """
    for candidate in candidates:
        regressor = candidate.pipeline[REGRESSOR]
        if isinstance(regressor, LibraryTrees):
            library(regressor.library)


def own_candidate(name: str, where: str, seed: int) -> Candidate:
    """Return a candidate of the table's own: a function of a seed that returns an unfitted pipeline.

    Parameters
    ----------
    where
        As "package.module:function". The pipeline has the steps "preprocessing" and "regressor".

    Raises
    ------
    InvalidInput
        If there is no such function, or it does not return a pipeline with these steps.
    """
    module, _, function = where.partition(":")
    try:
        pipeline = getattr(importlib.import_module(module), function)(seed)
    except Exception as error:  # somebody else's code may raise anything
        raise InvalidInput(
            f"The candidate {name} cannot be made: {where} gave {type(error).__name__} ({error}); correct it "
            "in the table's definition, or correct that code."
        ) from error
    steps = getattr(pipeline, "named_steps", {})
    if list(steps) != [PREPROCESSING, REGRESSOR]:
        raise InvalidInput(
            f"The candidate {name} is no pipeline of the steps {PREPROCESSING} and {REGRESSOR}: {where} gave "
            f"{type(pipeline).__name__} {', '.join(steps) or 'without steps'}."
        )
    return Candidate(name, name.replace("_", " ").capitalize(), pipeline)


def configured_candidates(settings: Settings) -> tuple[Candidate, ...]:
    """Return the competitors that the settings name.

    Raises
    ------
    InvalidInput
        If a name is unknown.
    """
    seed, threads = settings.training.random_seed, settings.training.threads
    candidates = all_candidates(seed, threads)
    if not settings.training.candidates:
        return candidates
    there = {each.name for each in candidates}
    # By name, one may be tried that the table's definition does not mention.
    built_in = (each for each in built_in_candidates(seed, threads) if each.name not in there)
    optional = (optional_candidate(name, seed, threads) for name in OPTIONAL if name not in there)
    return select((*candidates, *built_in, *optional), settings.training.candidates.split(","))


def competing(candidates: Sequence[Candidate], plan: TrainingPlan | None) -> tuple[Candidate, ...]:
    """Return those of the configured candidates that compete in one retraining.

    Raises
    ------
    InvalidInput
        If its plan names another one.
    """
    if plan is None or plan.candidates is None:
        return tuple(candidates)
    return select(candidates, plan.candidates)


def select(candidates: Iterable[Candidate], names: Iterable[str]) -> tuple[Candidate, ...]:
    """Return the named candidates, in the order of ``candidates``.

    Raises
    ------
    InvalidInput
        If a name is unknown, or none is given.
    """
    by_name = {candidate.name: candidate for candidate in candidates}
    wanted = list(names)
    unknown = [name for name in wanted if name not in by_name]
    if unknown or not wanted:
        raise InvalidInput(
            f"There is no candidate {', '.join(unknown) or 'without a name'}; "
            f"choose from {', '.join(by_name)}."
        )
    return tuple(candidate for name, candidate in by_name.items() if name in wanted)


def _linear_regression(seed: int) -> Candidate:
    regressor = LinearRegression()
    return _candidate("linear_regression", "Linear regression", _numbers(seed), regressor)


def _random_forest(seed: int, threads: int) -> Candidate:
    regressor = RandomForestRegressor(
        n_estimators=100,
        # Five rows per leaf cost no accuracy on validation and make the file a third as large.
        min_samples_leaf=5,
        max_features=0.4,
        n_jobs=threads,
        random_state=seed,
    )
    return _candidate("random_forest", "Random forest", _numbers(seed), regressor)


def _gradient_boosting(seed: int) -> Candidate:
    regressor = GradientBoostingRegressor(
        n_estimators=300,
        learning_rate=0.1,
        max_depth=5,
        subsample=0.7,
        max_features=0.5,
        random_state=seed,
    )
    return _candidate("gradient_boosting", "Gradient boosting", _numbers(seed), regressor)


def _hist_gradient_boosting(seed: int) -> Candidate:
    regressor = HistGradientBoostingRegressor(
        max_iter=600,
        learning_rate=0.05,
        max_leaf_nodes=40,
        l2_regularization=1.0,
        max_features=0.6,
        early_stopping=False,
        random_state=seed,
    )
    return _candidate(
        "hist_gradient_boosting", "Histogram gradient boosting", _numbers(seed), regressor
    )


def _blended_boosting(seed: int) -> Candidate:
    in_order = TABLE.data.is_split_by_time
    regressor = BlendedBoosting(in_order=in_order, random_state=seed)
    return _candidate("blended_boosting", "Blended boosting", _numbers(seed), regressor)


def _candidate(
    name: str,
    label: str,
    preprocessing: TransformerMixin,
    model: RegressorMixin,
) -> Candidate:
    steps = [(PREPROCESSING, preprocessing), (REGRESSOR, model)]
    return Candidate(name, label, PricePipeline(steps))


def _numbers(seed: int) -> TransformerMixin:
    """The inputs as they are, where all are numbers, else codes and flags of them."""
    return _as_they_are() if ARE_PLAIN else EncodedInputs(random_state=seed)


def _as_they_are() -> TransformerMixin:
    """Unlike "passthrough", a step that names its columns."""
    return FunctionTransformer(feature_names_out="one-to-one")
