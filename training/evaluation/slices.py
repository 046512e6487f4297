"""Figures by segment: an average can hide a region, income or house age with large errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from storage.domain.inputs import LATITUDE, LONGITUDE
from storage.domain.slices import (
    AGE_BANDS,
    BANDED_INPUT,
    OLDEST_BAND,
    QUARTER_NAMES,
    QUARTERED_INPUT,
    REGION_NAMES,
)
from storage.schema.arrays import FloatArray
from storage.schema.predictions import LabelledPredictions
from training.evaluation.metrics import mae, rmse
from training.models.regions import region_of

Groups: TypeAlias = Mapping[str, NDArray[np.bool_]]
"""Rows by the name of a segment, masks of shape (n,)."""


@dataclass(frozen=True)
class SliceFigures:
    """Errors, bias and mean width in 100,000 USD, coverage from 0 to 1.

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


def by_region(answers: LabelledPredictions) -> tuple[Slice, ...]:
    """Return one slice for each of the eight regions."""
    return _slices(answers, regions(answers.inputs))


def by_income(answers: LabelledPredictions) -> tuple[Slice, ...]:
    """Return one slice for each quarter of the rows by median income."""
    return _slices(answers, income_quarters(answers.inputs, income_edges(answers.inputs)))


def by_age(answers: LabelledPredictions) -> tuple[Slice, ...]:
    """Return one slice for each band of median house age, the censored one last."""
    return _slices(answers, age_bands(answers.inputs))


def regions(inputs: FloatArray) -> Groups:
    """Return the rows of inputs (n, 8) that lie in each of the eight regions."""
    found = region_of(inputs[:, LATITUDE], inputs[:, LONGITUDE])
    return {name.replace("_", " "): found == number for number, name in enumerate(REGION_NAMES)}


def income_edges(inputs: FloatArray) -> FloatArray:
    """Return the three median incomes that split inputs (n, 8) into quarters."""
    return np.quantile(inputs[:, QUARTERED_INPUT], [0.25, 0.5, 0.75])


def income_quarters(inputs: FloatArray, edges: FloatArray) -> Groups:
    """Return the rows of inputs (n, 8) between the edges (3,)."""
    quarters = np.searchsorted(edges, inputs[:, QUARTERED_INPUT], side="left")
    return {name: quarters == number for number, name in enumerate(QUARTER_NAMES)}


def age_bands(inputs: FloatArray) -> Groups:
    """Return the rows of inputs (n, 8) in each band of the median house age."""
    # A user's table may have fractions of a year; rounded up, each falls into one band.
    years = np.ceil(inputs[:, BANDED_INPUT])
    bands = {
        f"{first} to {last} years": (first <= years) & (years <= last) for first, last in AGE_BANDS
    }
    return bands | {OLDEST_BAND: years > AGE_BANDS[-1][1]}


def kinds_of_district(
    inputs: FloatArray, edges: FloatArray
) -> dict[tuple[str, str], NDArray[np.bool_]]:
    """Return the rows of inputs (n, 8) by kind and name, such as ("region", "bay area").

    ``edges`` (3,) separate the income quarters; see ``income_edges``.
    """
    kinds = {
        "region": regions(inputs),
        "income": income_quarters(inputs, edges),
        "age": age_bands(inputs),
    }
    return {(kind, name): rows for kind, groups in kinds.items() for name, rows in groups.items()}


def _slices(answers: LabelledPredictions, groups: Groups) -> tuple[Slice, ...]:
    return tuple(_slice(name, answers, rows) for name, rows in groups.items())


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
