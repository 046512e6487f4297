"""A whole model version as one compiled function: from the raw inputs to price, interval and support.

scikit-learn's own ``predict`` is made for tables: for one row of the champion it takes 4 ms, nearly all of it
around the work. Here the pipeline's compiled parts are called one after the other without going back to
Python, with everything they know behind a single pointer.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numba
import numpy as np
from numba.experimental import structref
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from storage.schema.arrays import FloatArray
from training.boosters.library_trees import LibraryTrees
from training.features.encoded_inputs import EncodedInputs
from training.features.ranked_inputs import RankedInputs
from training.kernels.blend_arrays import BlendArrays, blend, straight_line
from training.kernels.coded_forest import CodedForest, CodedNodes, sum_coded_trees
from training.kernels.column_codes import ColumnCodes, as_they_are, encode
from training.kernels.compiled import compiled, inlined
from training.kernels.forest import FlatForest, can_be_flat
from training.kernels.forest_arrays import ForestArrays, constant_forest, sum_trees
from training.models.blend.regressor import BlendedBoosting
from training.models.intervals import IntervalArrays, PriceIntervals, fill_bounds
from training.models.price_pipeline import PREPROCESSING, REGRESSOR
from training.models.reference_profile import KnownInputs, ReferenceSearch, fill_support
from training.models.regions import PLACE, PlaceArrays, fill_regions, put_on_grid
from training.models.support_switch import SupportSwitchedRegressor

PRICE, LOWER, UPPER, SUPPORT = range(4)
"""Columns of an answer."""
PRICE_END, ANSWER_END = 1, 4


AnswerFunction = Callable[[Any, FloatArray, FloatArray], None]
"""Fills answers (n, 4), or target values alone (n, 1), from what is held and inputs."""


class NotCompilable(Exception):
    """The pipeline has parts for which there is no compiled function."""


class TreeParts(NamedTuple):
    """What boosted trees on the raw inputs know."""

    forest: ForestArrays
    intervals: IntervalArrays
    inputs: KnownInputs
    place: PlaceArrays


class CodedTreeParts(NamedTuple):
    """What trees of an optional library know, which ask for categories and missing values themselves."""

    codes: ColumnCodes
    forest: ForestArrays
    coded: CodedNodes
    intervals: IntervalArrays
    inputs: KnownInputs
    place: PlaceArrays


class EncodedTreeParts(NamedTuple):
    """What boosted trees know that categories and missing values are encoded for."""

    codes: ColumnCodes
    forest: ForestArrays
    intervals: IntervalArrays
    inputs: KnownInputs
    place: PlaceArrays


class BlendParts(NamedTuple):
    """What a blend knows, on encoded inputs."""

    codes: ColumnCodes
    forest: ForestArrays
    members: BlendArrays
    intervals: IntervalArrays
    inputs: KnownInputs
    place: PlaceArrays


@structref.register
class _HeldType(numba.types.StructRef):  # type: ignore[misc] # numba has no types
    """Numba's type of what a ``Held`` holds."""

    def preprocess_fields(self, fields: Any) -> Any:
        return tuple((name, numba.types.unliteral(kind)) for name, kind in fields)


class Held(structref.StructRefProxy):  # type: ignore[misc] # numba has no types
    """Parts behind one pointer: given one by one, eighty arrays cost 20 us a call."""

    def __new__(cls, parts: NamedTuple) -> Any:
        """Hold some parts."""
        return _hold(parts)


structref.define_proxy(Held, _HeldType, ["parts"])


@compiled
def _hold(parts: Any) -> Any:
    return Held(parts)


def may_be_compiled(pipeline: Pipeline) -> bool:
    """Whether there are compiled functions for these kinds of parts."""
    preprocessing, regressor = pipeline[PREPROCESSING], pipeline[REGRESSOR]
    if isinstance(regressor, SupportSwitchedRegressor):
        return True
    return _is_for_trees(preprocessing) and (
        isinstance(regressor, LibraryTrees | BlendedBoosting | LinearRegression)
        or can_be_flat(regressor)
    )


def _is_for_trees(preprocessing: Any) -> bool:
    return _is_identity(preprocessing) or isinstance(preprocessing, EncodedInputs)


def _is_identity(preprocessing: Any) -> bool:
    return isinstance(preprocessing, FunctionTransformer) and preprocessing.func is None


class CompiledModel:
    """Answers like the pipeline, its intervals and its reference search, in one call.

    Raises
    ------
    NotCompilable
        If there is no compiled function for a part.
    """

    def __init__(
        self, pipeline: Pipeline, intervals: PriceIntervals, search: ReferenceSearch
    ) -> None:
        parts, self._answer = _parts(pipeline, intervals, search)
        self._held = Held(parts)

    def answer(self, inputs: FloatArray) -> FloatArray:
        """Return price, lower and upper bound (100,000 USD) and support, shape (n, 4).

        Parameters
        ----------
        inputs
            Shape (n, d), schema order, contiguous float64.
        """
        answers = np.empty((len(inputs), ANSWER_END))
        self._answer(self._held, inputs, answers)
        return answers

    def predict(self, inputs: FloatArray) -> FloatArray:
        """Return prices alone, shape (n,), in 100,000 USD, for inputs like those of ``answer``."""
        prices = np.empty((len(inputs), PRICE_END))
        self._answer(self._held, inputs, prices)
        return prices[:, PRICE]


def _parts(
    pipeline: Pipeline, intervals: PriceIntervals, search: ReferenceSearch
) -> tuple[NamedTuple, AnswerFunction]:
    """Return what a pipeline knows, and the function that answers with it."""
    preprocessing, regressor = pipeline[PREPROCESSING], pipeline[REGRESSOR]
    if isinstance(regressor, SupportSwitchedRegressor):
        # Here, because its features are made of inputs that only the embedded table has.
        from training.models.compiled_neighbours import answer_neighbours, neighbour_parts

        parts = neighbour_parts(preprocessing, regressor, intervals.arrays(), search.known())
        return parts, answer_neighbours
    known = intervals.arrays(), search.known()
    if isinstance(regressor, LibraryTrees):
        return _library_parts(preprocessing, regressor.forest_, *known)
    if isinstance(regressor, LinearRegression):
        codes, members = _codes_of(preprocessing, regressor.n_features_in_), _straight(regressor)
        return BlendParts(codes, constant_forest(0.0), members, *known, PLACE), _answer_blend
    if isinstance(regressor, BlendedBoosting):
        forest, codes = regressor.forest_.arrays, _codes_of(preprocessing, regressor.n_features_in_)
        return BlendParts(codes, forest, regressor.known_, *known, PLACE), _answer_blend
    if _is_identity(preprocessing) and can_be_flat(regressor):
        return TreeParts(FlatForest([regressor]).arrays, *known, PLACE), _answer_trees
    if isinstance(preprocessing, EncodedInputs) and can_be_flat(regressor):
        forest, codes = FlatForest([regressor]).arrays, preprocessing.known()
        return EncodedTreeParts(codes, forest, *known, PLACE), _answer_encoded
    raise NotCompilable(f"There is no compiled function for {type(regressor).__name__}.")


def _codes_of(preprocessing: Any, columns: int) -> ColumnCodes:
    if isinstance(preprocessing, EncodedInputs):
        return preprocessing.known()
    if _is_identity(preprocessing):
        return as_they_are(columns)
    raise NotCompilable(f"There is no compiled function for {type(preprocessing).__name__}.")


def _straight(regressor: LinearRegression) -> BlendArrays:
    return straight_line(np.asarray(regressor.coef_), float(regressor.intercept_))


def _library_parts(
    preprocessing: Any, forest: CodedForest, intervals: IntervalArrays, inputs: KnownInputs
) -> tuple[NamedTuple, AnswerFunction]:
    if _is_identity(preprocessing):
        return TreeParts(forest.arrays, intervals, inputs, PLACE), _answer_trees
    if isinstance(preprocessing, RankedInputs):
        codes = preprocessing.known()
        parts = CodedTreeParts(codes, forest.arrays, forest.coded, intervals, inputs, PLACE)
        return parts, _answer_coded
    raise NotCompilable(f"There is no compiled function for {type(preprocessing).__name__}.")


@compiled
def _answer_trees(held: Any, inputs: FloatArray, answers: FloatArray) -> None:
    """Fill answers (n, 4), or prices alone (n, 1)."""
    parts, rows = held.parts, inputs.shape[0]
    sums, columns = np.empty((rows, 1)), np.empty((rows, inputs.shape[1] + 1))
    for row in range(rows):
        columns[row, : inputs.shape[1]] = inputs[row]
    put_on_grid(columns, parts.place)
    sum_trees(columns, parts.forest, sums)
    fill_answers(parts, inputs, columns, sums.reshape(rows), answers)


@compiled
def _answer_encoded(held: Any, inputs: FloatArray, answers: FloatArray) -> None:
    """Fill answers (n, 4), or prices alone (n, 1)."""
    parts, rows = held.parts, inputs.shape[0]
    sums, columns = np.empty((rows, 1)), _encoded(parts, inputs)
    sum_trees(columns, parts.forest, sums)
    fill_answers(parts, inputs, columns, sums.reshape(rows), answers)


@compiled
def _answer_coded(held: Any, inputs: FloatArray, answers: FloatArray) -> None:
    """Fill answers (n, 4), or prices alone (n, 1)."""
    parts, rows = held.parts, inputs.shape[0]
    sums, columns = np.empty((rows, 1)), _encoded(parts, inputs)
    sum_coded_trees(columns, parts.forest, parts.coded, sums)
    fill_answers(parts, inputs, columns, sums.reshape(rows), answers)


@compiled
def _answer_blend(held: Any, inputs: FloatArray, answers: FloatArray) -> None:
    """Fill answers (n, 4), or prices alone (n, 1)."""
    parts, rows = held.parts, inputs.shape[0]
    sums, columns = np.empty((rows, parts.members.weights.shape[0])), _encoded(parts, inputs)
    found = np.empty(rows)
    sum_trees(columns, parts.forest, sums)
    blend(columns, sums, parts.members, found)
    fill_answers(parts, inputs, columns, found, answers)


@inlined
def _encoded(parts: Any, inputs: FloatArray) -> FloatArray:
    """Return inputs on the grid and encoded, with room for the answer as the last column."""
    placed = inputs.copy()
    put_on_grid(placed, parts.place)
    columns = np.empty((inputs.shape[0], inputs.shape[1] + parts.codes.flags.columns.shape[0] + 1))
    encode(placed, parts.codes, columns)
    return columns


@inlined
def fill_answers(
    parts: Any,
    inputs: FloatArray,
    columns: FloatArray,
    prices: FloatArray,
    answers: FloatArray,
) -> None:
    """Fill possible prices and, where there is room for them, bounds and support.

    ``columns`` are the features and room for the prices, which are the last of them. ``parts`` have
    ``intervals``, ``inputs`` and ``place``.
    """
    rows, intervals = inputs.shape[0], parts.intervals
    for row in range(rows):
        price = min(max(prices[row], intervals.lowest), intervals.highest)
        answers[row, PRICE] = columns[row, -1] = price
    if answers.shape[1] == PRICE_END:
        return
    regions, support = np.empty(rows, np.int64), np.empty(rows)
    lower, upper = np.empty(rows), np.empty(rows)
    fill_regions(inputs, parts.place, regions)
    fill_bounds(columns, regions, intervals, lower, upper)
    fill_support(parts.inputs, inputs, support)
    for row in range(rows):
        answers[row, LOWER], answers[row, UPPER] = lower[row], upper[row]
        answers[row, SUPPORT] = support[row]
