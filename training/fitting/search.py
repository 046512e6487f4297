"""A seeded search around the neighbour boosting's configuration, chosen by RMSE on validation.

The default configuration is the first trial of every search, so the result is never worse on validation.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid, ParameterSampler

from storage.errors import InvalidInput
from storage.schema.arrays import FloatArray
from storage.settings import Settings
from training.dataset.splits import Part
from training.evaluation.metrics import RegressionFigures, evaluate
from training.fitting.fit import PLAIN_VALUES, FittedCandidate, choose
from training.fitting.threads import fitting_threads
from training.models.candidates import Candidate
from training.models.price_pipeline import PREPROCESSING, REGRESSOR, PricePipeline, placed

Space = dict[str, list[int | float | str | bool | None]]
Configuration = Mapping[str, Any]

SEARCHED = "neighbour_boosting"
# At most a quarter more trees than the default: prediction time grows with the number of trees.
DEFAULT_SPACE: Space = {
    "regressor__near__learning_rate": [0.04, 0.06, 0.08],
    "regressor__near__max_iter": [150, 200, 250],
    "regressor__near__max_leaf_nodes": [23, 31, 47],
    "regressor__near__min_samples_leaf": [20, 30, 45],
    "regressor__near__l2_regularization": [5.0, 10.0, 20.0],
    "regressor__near__max_features": [0.1, 0.15, 0.2],
}
SPACE_FORMAT: TypeAdapter[Space] = TypeAdapter(Space)


@dataclass(frozen=True)
class Trial:
    """One configuration that was tried: its searched parameters and its result on validation."""

    number: int
    parameters: Configuration
    validation: RegressionFigures
    fit_seconds: float

    @property
    def metrics(self) -> dict[str, float]:
        """Figures on validation in the target's unit, and ``fit_seconds``."""
        figures = asdict(self.validation).items()
        return {f"validation_{name}": value for name, value in figures} | {
            "fit_seconds": self.fit_seconds
        }


@dataclass(frozen=True)
class SearchResult:
    """The best trial, fitted, and all trials in order."""

    best: FittedCandidate
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class _Features:
    """A fitted preprocessing and both transformed parts, shared by trials that differ only after it."""

    preprocessing: Any
    train: FloatArray
    validation: FloatArray
    seconds: float


class Search:
    """Tries configurations of one candidate: its own, then others from a space.

    Parameters
    ----------
    candidate
        With the default configuration.
    space
        Values to try, by the name that scikit-learn gives the parameter of the candidate's pipeline.
    trials
        How many configurations to try beside the default one; fewer if the space has no more.
    seed
        Determines which ones.
    threads
        Threads that fitting may use.
    """

    def __init__(
        self, candidate: Candidate, space: Space, trials: int, seed: int, threads: int
    ) -> None:
        self._candidate = candidate
        self._threads = threads
        self.space = space
        parameters = candidate.pipeline.get_params()
        default = {name: parameters[name] for name in space}
        self.configurations: Sequence[Configuration] = (
            default,
            *_drawn(space, trials, seed, default),
        )

    def fit(self, train: Part, validation: Part, begin: Callable[[str], None]) -> SearchResult:
        """Fit every configuration on ``train``, choose by ``validation``; ``begin`` is called for each trial.

        Raises
        ------
        InvalidInput
            If the candidate cannot be fitted with a value of the space.
        """
        kept: dict[str, _Features] = {}
        default, *others = self.configurations
        begin(self._title(1))
        best = self._fit(default, train, validation, kept)
        trials = [_trial(1, default, best)]
        for number, configuration in enumerate(others, start=2):
            begin(self._title(number))
            with _naming_the_setting():
                fitted = self._fit(configuration, train, validation, kept)
            trials.append(_trial(number, configuration, fitted))
            # The first of equals, so that the default is replaced only by something better.
            best = choose([best, fitted])
        return SearchResult(best, tuple(trials))

    def _title(self, number: int) -> str:
        label = self._candidate.label.lower()
        return f"Fitting {label}, trial {number} of {len(self.configurations)}"

    def _fit(
        self,
        configuration: Configuration,
        train: Part,
        validation: Part,
        kept: dict[str, _Features],
    ) -> FittedCandidate:
        pipeline = clone(self._candidate.pipeline).set_params(**configuration)
        # Fitting the features takes most of the time, and most configurations share them.
        key = repr(sorted(pipeline[PREPROCESSING].get_params().items(), key=str))
        with fitting_threads(len(train), self._threads):
            if key not in kept:
                kept[key] = _fit_features(pipeline, train, validation)
            return self._fit_regressor(pipeline[REGRESSOR], kept[key], train, validation)

    def _fit_regressor(
        self, regressor: Any, features: _Features, train: Part, validation: Part
    ) -> FittedCandidate:
        started = time.perf_counter()
        regressor.fit(features.train, train.targets, sample_weight=train.weights)
        pipeline = PricePipeline([(PREPROCESSING, features.preprocessing), (REGRESSOR, regressor)])
        return FittedCandidate(
            self._candidate.name,
            self._candidate.label,
            pipeline,
            # The time that it would have taken alone.
            features.seconds + time.perf_counter() - started,
            evaluate(validation.targets, pipeline.prices(features.validation)),
        )


def configured_search(settings: Settings, candidates: Iterable[Candidate]) -> Search | None:
    """Return the search configured in the settings; None if there is nothing to search.

    Raises
    ------
    InvalidInput
        If HOUSING_SEARCH_SPACE is not usable; the message is one sentence for a person.
    """
    found = [candidate for candidate in candidates if candidate.name == SEARCHED]
    if not found or settings.search.trials == 0:
        return None
    space = parse_space(settings.search.space, found[0].pipeline)
    return Search(
        found[0],
        space,
        settings.search.trials,
        settings.training.random_seed,
        settings.training.threads,
    )


def parse_space(text: str, pipeline: PricePipeline) -> Space:
    """Return the space that a JSON object describes, the default one for an empty text.

    Raises
    ------
    InvalidInput
        If it is not an object of lists, or the pipeline has no such parameter or refuses a value.
    """
    if not text:
        return DEFAULT_SPACE
    try:
        space = SPACE_FORMAT.validate_json(text)
    except ValidationError as error:
        raise _unusable(
            "it must be a JSON object of parameter names, each with a list of values"
        ) from error
    for name, values in space.items():
        _check(pipeline, name, values)
    return space


def _check(pipeline: PricePipeline, name: str, values: Sequence[Any]) -> None:
    if not isinstance(pipeline.get_params().get(name, pipeline), PLAIN_VALUES):
        raise _unusable(f"{name} is not a parameter of the {SEARCHED} pipeline with plain values")
    if not values:
        raise _unusable(f"{name} has no values")
    owner, _, parameter = name.rpartition("__")
    estimator = pipeline.get_params().get(owner)
    for value in values:
        # Only scikit-learn's own estimators know their constraints before they are fitted.
        if hasattr(estimator, "_parameter_constraints"):
            with _naming_the_setting():
                clone(estimator).set_params(**{parameter: value})._validate_params()


@contextmanager
def _naming_the_setting() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError) as error:
        raise _unusable(" ".join(str(error).rstrip(".").split())) from error


def _unusable(reason: str) -> InvalidInput:
    return InvalidInput(f"The setting HOUSING_SEARCH_SPACE cannot be used: {reason}.")


def _drawn(space: Space, trials: int, seed: int, default: Configuration) -> list[Configuration]:
    # One more than requested, because the default may be among them.
    count = min(trials + 1, len(ParameterGrid(space)))
    drawn = [each for each in ParameterSampler(space, count, random_state=seed) if each != default]
    return drawn[:trials]


def _fit_features(pipeline: PricePipeline, train: Part, validation: Part) -> _Features:
    started = time.perf_counter()
    preprocessing = pipeline[PREPROCESSING]
    # Fitted and transformed together: neighbour features leave a training row out of its own neighbourhood
    # only while they are fitted.
    fitted_on = np.asarray(preprocessing.fit_transform(placed(train.inputs), train.targets))
    seconds = time.perf_counter() - started
    return _Features(preprocessing, fitted_on, pipeline.features(validation.inputs), seconds)


def _trial(number: int, configuration: Configuration, fitted: FittedCandidate) -> Trial:
    return Trial(number, dict(configuration), fitted.validation, fitted.fit_seconds)
