"""Figures by segment: one average can hide a region, an income or a house age that does badly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from storage.schema.arrays import FloatArray
from storage.schema.features import FEATURE_NAMES
from training.evaluation.metrics import mae, rmse
from training.features.raw_inputs import LATITUDE, LONGITUDE
from training.models.intervals import interval_figures
from training.models.regions import REGION_NAMES, region_of

INCOME, AGE = FEATURE_NAMES.index("MedInc"), FEATURE_NAMES.index("HouseAge")
QUARTER_NAMES = ("lowest quarter", "second quarter", "third quarter", "highest quarter")
AGE_BANDS = ((0, 10), (11, 20), (21, 30), (31, 40), (41, 51))
"""First and last year of each band; what is older is recorded as 52 in the census."""

Groups: TypeAlias = Mapping[str, NDArray[np.bool_]]
"""Rows by the name of a segment, masks of shape (n,)."""


@dataclass(frozen=True)
class Answers:
    """What a model answered to rows whose price is known; prices and bounds in 100,000 USD.

    Attributes
    ----------
    inputs
        Shape (n, 8), columns in schema order.
    actual, predicted, lower, upper
        Shape (n,): the price, the answer, and the bounds of its interval.
    coverage
        Share of prices that the intervals should hold.
    """

    inputs: FloatArray
    actual: FloatArray
    predicted: FloatArray
    lower: FloatArray
    upper: FloatArray
    coverage: float

    def __len__(self) -> int:
        return len(self.actual)

    def only(self, rows: NDArray[np.bool_]) -> "Answers":
        """Return the rows where the mask (n,) is true."""
        return Answers(
            self.inputs[rows],
            self.actual[rows],
            self.predicted[rows],
            self.lower[rows],
            self.upper[rows],
            self.coverage,
        )


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
    """Some of the rows: their name, how many, and their figures, None where there is no row."""

    name: str
    rows: int
    figures: SliceFigures | None


def by_region(answers: Answers) -> tuple[Slice, ...]:
    """Return one slice for each of the eight regions."""
    return _slices(answers, regions(answers.inputs))


def by_income(answers: Answers) -> tuple[Slice, ...]:
    """Return one slice for each quarter of the rows, ordered by median income."""
    return _slices(answers, income_quarters(answers.inputs, income_edges(answers.inputs)))


def by_age(answers: Answers) -> tuple[Slice, ...]:
    """Return one slice for each band of the median house age, the censored one last."""
    return _slices(answers, age_bands(answers.inputs))


def regions(inputs: FloatArray) -> Groups:
    """Return the rows of inputs (n, 8) that lie in each of the eight regions."""
    found = region_of(inputs[:, LATITUDE], inputs[:, LONGITUDE])
    return {name.replace("_", " "): found == number for number, name in enumerate(REGION_NAMES)}


def income_edges(inputs: FloatArray) -> FloatArray:
    """Return the three median incomes that part inputs (n, 8) into quarters."""
    return np.quantile(inputs[:, INCOME], [0.25, 0.5, 0.75])


def income_quarters(inputs: FloatArray, edges: FloatArray) -> Groups:
    """Return the rows of inputs (n, 8) between the edges (3,)."""
    quarters = np.searchsorted(edges, inputs[:, INCOME], side="left")
    return {name: quarters == number for number, name in enumerate(QUARTER_NAMES)}


def age_bands(inputs: FloatArray) -> Groups:
    """Return the rows of inputs (n, 8) in each band of the median house age."""
    # A table of one's own may have parts of a year; rounded up, each falls into one band.
    years = np.ceil(inputs[:, AGE])
    bands = {
        f"{first} to {last} years": (first <= years) & (years <= last) for first, last in AGE_BANDS
    }
    return bands | {"52 years or more": years > AGE_BANDS[-1][1]}


def kinds_of_district(
    inputs: FloatArray, edges: FloatArray
) -> dict[tuple[str, str], NDArray[np.bool_]]:
    """Return the rows of inputs (n, 8) by kind and name, such as ("region", "bay area").

    ``edges`` (3,) part the income quarters; see ``income_edges``.
    """
    kinds = {
        "region": regions(inputs),
        "income": income_quarters(inputs, edges),
        "age": age_bands(inputs),
    }
    return {(kind, name): rows for kind, groups in kinds.items() for name, rows in groups.items()}


def _slices(answers: Answers, groups: Groups) -> tuple[Slice, ...]:
    return tuple(_slice(name, answers, rows) for name, rows in groups.items())


def _slice(name: str, answers: Answers, rows: NDArray[np.bool_]) -> Slice:
    chosen = answers.only(rows)
    return Slice(name, len(chosen), _figures(chosen) if len(chosen) else None)


def _figures(answers: Answers) -> SliceFigures:
    intervals = interval_figures(answers.lower, answers.upper, answers.actual, answers.coverage)
    return SliceFigures(
        rmse=rmse(answers.actual, answers.predicted),
        mae=mae(answers.actual, answers.predicted),
        bias=float(np.mean(answers.predicted - answers.actual)),
        interval_coverage=intervals.coverage,
        mean_width=intervals.mean_width,
    )
