"""Figures by segment: an average can hide a part of the rows with large errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.segments import Bands, Categories, Quarters, Regions, Segments
from storage.domain.slices import REGION_NAMES, SEGMENTS
from storage.schema.arrays import FloatArray, IntegerArray
from storage.schema.predictions import LabelledPredictions
from training.evaluation.metrics import mae, rmse
from training.models.regions import region_of

Groups: TypeAlias = Mapping[str, NDArray[np.bool_]]
"""Rows by the name of a segment, masks of shape (n,)."""
WITHOUT = "no value"
"""The segment of rows that are without the input, where they may be."""
Edges: TypeAlias = Mapping[str, FloatArray]
"""By kind of segments, the three values between its quarters."""


@dataclass(frozen=True)
class SliceFigures:
    """Errors, bias and mean width in the target's unit, coverage from 0 to 1.

    The bias is the mean of predicted - actual: above zero, the answers are too high.
    """

    rmse: float
    mae: float
    bias: float
    interval_coverage: float
    mean_width: float


@dataclass(frozen=True)
class Slice:
    """One segment: its name, its number of rows, and its figures (None without a row)."""

    name: str
    rows: int
    figures: SliceFigures | None


def slices_of(answers: LabelledPredictions) -> dict[str, tuple[Slice, ...]]:
    """Return, for each kind of segments, one slice for each of its segments."""
    kinds = segments_of(answers.inputs, quarter_edges(answers.inputs))
    return {
        kind: tuple(_slice(name, answers, rows) for name, rows in groups.items())
        for kind, groups in kinds.items()
    }


def quarter_edges(inputs: FloatArray) -> Edges:
    """Return the three values that split inputs (n, d) into quarters, by kind of segments."""
    return {
        one.kind: np.nanquantile(inputs[:, _column(one)], [0.25, 0.5, 0.75])
        for one in SEGMENTS
        if isinstance(one, Quarters)
    }


def segments_of(inputs: FloatArray, edges: Edges) -> dict[str, Groups]:
    """Return the rows of inputs (n, d) by kind of segments and name, such as "region" and "bay area".

    ``edges`` are those of ``quarter_edges``.
    """
    return {one.kind: _groups(one, inputs, edges) for one in SEGMENTS}


def named_segments(inputs: FloatArray, edges: Edges) -> dict[tuple[str, str], NDArray[np.bool_]]:
    """Return what ``segments_of`` returns, by kind and name together."""
    kinds = segments_of(inputs, edges)
    return {(kind, name): rows for kind, groups in kinds.items() for name, rows in groups.items()}


def _groups(one: Segments, inputs: FloatArray, edges: Edges) -> Groups:
    match one:
        case Quarters():
            return _quarters(one, inputs, edges[one.kind])
        case Bands():
            return _bands(one, inputs)
        case Categories():
            return _categories(one, inputs)
        case Regions():
            return _regions(inputs)


def _quarters(one: Quarters, inputs: FloatArray, edges: FloatArray) -> Groups:
    values = inputs[:, _column(one)]
    quarters = _sorted_into(edges, values)
    found = {name: quarters == number for number, name in enumerate(one.names)}
    return found | _without(one, values)


def _bands(one: Bands, inputs: FloatArray) -> Groups:
    # A table may have values between two bands; each falls into the upper one.
    ends = [band.highest for band in one.bands]
    values = inputs[:, _column(one)]
    found = _sorted_into(ends, values)
    groups = {name: found == number for number, name in enumerate(one.names)}
    return groups | _without(one, values)


def _categories(one: Categories, inputs: FloatArray) -> Groups:
    values = inputs[:, _column(one)]
    words = FEATURES[_column(one)].categories or ()
    return {word: values == number for number, word in enumerate(words)} | _without(one, values)


def _sorted_into(ends: ArrayLike, values: FloatArray) -> IntegerArray:
    """Return the number of the part that each value is in; -1 of none, which would be sorted to the end."""
    parts = np.searchsorted(np.asarray(ends, dtype=np.float64), values, side="left")
    return np.where(np.isnan(values), -1, parts)


def _without(
    one: Quarters | Bands | Categories, values: FloatArray
) -> dict[str, NDArray[np.bool_]]:
    return {WITHOUT: np.isnan(values)} if FEATURES[_column(one)].missing else {}


def _regions(inputs: FloatArray) -> Groups:
    found = region_of(inputs)
    return {name.replace("_", " "): found == number for number, name in enumerate(REGION_NAMES)}


def _column(one: Quarters | Bands | Categories) -> int:
    return FEATURE_NAMES.index(one.input)


def _slice(name: str, answers: LabelledPredictions, rows: NDArray[np.bool_]) -> Slice:
    chosen = answers.only(rows)
    return Slice(name, len(chosen), _figures(chosen) if len(chosen) else None)


def _figures(answers: LabelledPredictions) -> SliceFigures:
    return SliceFigures(
        rmse=rmse(answers.actual, answers.predicted),
        mae=mae(answers.actual, answers.predicted),
        bias=float(np.mean(answers.residuals)),
        interval_coverage=float(np.mean(answers.is_held)),
        mean_width=float(np.mean(answers.upper - answers.lower)),
    )
