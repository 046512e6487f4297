"""Figures by kind of district: one average can hide a region, an income or an age that does badly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.schema.features import FEATURE_NAMES
from training.dataset.table import FloatArray
from training.evaluate import mae, rmse
from training.features.raw_inputs import LATITUDE, LONGITUDE
from training.intervals import interval_figures
from training.regions import REGION_NAMES, region_of

INCOME, AGE = FEATURE_NAMES.index("MedInc"), FEATURE_NAMES.index("HouseAge")
QUARTER_NAMES = ("lowest quarter", "second quarter", "third quarter", "highest quarter")
AGE_BANDS = ((0, 10), (11, 20), (21, 30), (31, 40), (41, 51))
"""First and last year of each band; what is older is recorded as 52 in the census."""


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
    regions = region_of(answers.inputs[:, LATITUDE], answers.inputs[:, LONGITUDE])
    return tuple(
        _slice(name.replace("_", " "), answers, regions == number)
        for number, name in enumerate(REGION_NAMES)
    )


def by_income(answers: Answers) -> tuple[Slice, ...]:
    """Return one slice for each quarter of the rows, ordered by median income."""
    income = answers.inputs[:, INCOME]
    edges = np.quantile(income, [0.25, 0.5, 0.75])
    quarters = np.searchsorted(edges, income, side="left")
    return tuple(
        _slice(name, answers, quarters == number) for number, name in enumerate(QUARTER_NAMES)
    )


def by_age(answers: Answers) -> tuple[Slice, ...]:
    """Return one slice for each band of the median house age, the censored one last."""
    # A table of one's own may have parts of a year; rounded up, each falls into one band.
    years = np.ceil(answers.inputs[:, AGE])
    bands = tuple(
        _slice(f"{first} to {last} years", answers, (first <= years) & (years <= last))
        for first, last in AGE_BANDS
    )
    return (*bands, _slice("52 years or more", answers, years > AGE_BANDS[-1][1]))


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
