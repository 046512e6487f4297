"""Real rows cut into a reference and windows that share none, and the changes that windows suffer."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from backend.drift.detector import DriftDetector
from storage.domain.inputs import FEATURE_NAMES
from storage.domain.slices import REGION_NAMES
from storage.schema.arrays import FloatArray
from training.dataset.table import HousingTable
from training.models.regions import region_of

INCOME, AGE, ROOMS, OCCUPANCY = (
    FEATURE_NAMES.index(name) for name in ("MedInc", "HouseAge", "AveRooms", "AveOccup")
)
LATITUDE, LONGITUDE = FEATURE_NAMES.index("Latitude"), FEATURE_NAMES.index("Longitude")
Change = Callable[[FloatArray, np.random.Generator], FloatArray]


@dataclass(frozen=True)
class Population:
    """One random cut of the table.

    Attributes
    ----------
    detector
        Fitted on the reference rows, with a model's answers to rows that it was not fitted on.
    model
        Fitted on the reference rows.
    rows
        Inputs (n, 8) that neither saw: windows are drawn from these.
    """

    detector: DriftDetector
    model: HistGradientBoostingRegressor
    rows: FloatArray


def population(
    table: HousingTable, reference_rows: int, answered_rows: int, seed: int
) -> Population:
    """Cut the table: so many rows of reference, so many for reference predictions, the rest for windows."""
    order = np.random.default_rng(seed).permutation(len(table))
    reference, answered, rest = np.split(order, np.cumsum([reference_rows, answered_rows]))
    inputs = table.inputs
    model = HistGradientBoostingRegressor(max_iter=60, random_state=seed)
    model.fit(inputs[reference], table.targets[reference])
    detector = DriftDetector(
        inputs[reference],
        FEATURE_NAMES,
        np.full(len(FEATURE_NAMES), 1 / len(FEATURE_NAMES)),
        model.predict(inputs[answered]),
        seed,
        (LATITUDE, LONGITUDE),
    )
    return Population(detector, model, inputs[rest])


def draw(population: Population, number: int, random: np.random.Generator) -> FloatArray:
    """Draw a window without replacement: then its chance deviations are those of fresh rows."""
    return population.rows[random.choice(len(population.rows), number, replace=False)]


def _scaled(column: int, factor: float) -> Change:
    def change(window: FloatArray, _: np.random.Generator) -> FloatArray:
        return _with(window, column, window[:, column] * factor)

    return change


def _shifted(column: int, amount: float) -> Change:
    def change(window: FloatArray, _: np.random.Generator) -> FloatArray:
        return _with(window, column, window[:, column] + amount)

    return change


def _widened(column: int, factor: float) -> Change:
    def change(window: FloatArray, _: np.random.Generator) -> FloatArray:
        middle = np.median(window[:, column])
        return _with(window, column, middle + factor * (window[:, column] - middle))

    return change


def _decoupled(*columns: int) -> Change:
    """Return the change that shuffles columns together: margins stay, coupling to the others goes."""

    def change(window: FloatArray, random: np.random.Generator) -> FloatArray:
        changed = window.copy()
        changed[:, columns] = window[random.permutation(len(window))][:, columns]
        return changed

    return change


def _frozen(column: int) -> Change:
    def change(window: FloatArray, _: np.random.Generator) -> FloatArray:
        return _with(window, column, np.full(len(window), window[0, column]))

    return change


def _without_region(name: str) -> Change:
    """Return the change that leaves a region's rows out: the window gets shorter."""

    def change(window: FloatArray, _: np.random.Generator) -> FloatArray:
        regions = region_of(window)
        kept: FloatArray = window[regions != REGION_NAMES.index(name)]
        return kept

    return change


def _with(window: FloatArray, column: int, values: FloatArray) -> FloatArray:
    changed = window.copy()
    changed[:, column] = values
    return changed


CHANGES: dict[str, Change] = {
    "MedInc +5 %": _scaled(INCOME, 1.05),
    "MedInc +10 %": _scaled(INCOME, 1.10),
    "AveRooms +10 %": _scaled(ROOMS, 1.10),
    "HouseAge +3 years": _shifted(AGE, 3.0),
    "AveOccup widened by 30 %": _widened(OCCUPANCY, 1.3),
    "San Diego dropped": _without_region("san_diego"),
    "Bay Area dropped": _without_region("bay_area"),
    "MedInc shuffled": _decoupled(INCOME),
    "place shuffled": _decoupled(LATITUDE, LONGITUDE),
    "AveRooms frozen": _frozen(ROOMS),
    "MedInc in 1,000 USD": _scaled(INCOME, 10.0),
}


def _rounded(*columns: int) -> Change:
    def change(window: FloatArray, _: np.random.Generator) -> FloatArray:
        changed = window.copy()
        changed[:, columns] = window[:, columns].round(1)
        return changed

    return change


def _misplaced(window: FloatArray, random: np.random.Generator) -> FloatArray:
    """Give a tenth of the rows the place of another one."""
    changed, rows = window.copy(), len(window) // 10
    others = window[random.integers(len(window), size=rows)]
    changed[:rows, [LATITUDE, LONGITUDE]] = others[:, [LATITUDE, LONGITUDE]]
    return changed


def _mixed(window: FloatArray, random: np.random.Generator) -> FloatArray:
    """Give a tenth of the rows each column of another row."""
    changed, rows = window.copy(), len(window) // 10
    for column in range(window.shape[1]):
        changed[:rows, column] = random.choice(window[:, column], rows, replace=False)
    return changed


def _stuck(window: FloatArray, _: np.random.Generator) -> FloatArray:
    """Give 5 % of the rows the lowest income of the table."""
    changed = window.copy()
    changed[: len(window) // 20, INCOME] = LOWEST_INCOME
    return changed


LOWEST_INCOME = 0.4999
SPOILED: dict[str, Change] = {
    "place rounded to 0.1 degree": _rounded(LATITUDE, LONGITUDE),
    "another row's place in a tenth": _misplaced,
    "mixed columns in a tenth": _mixed,
    "MedInc stuck in 5 %": _stuck,
}
"""Rows that are spoiled though each value is usual."""
BROKEN_CORRELATIONS = ("MedInc shuffled", "place shuffled")
