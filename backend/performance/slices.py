"""The error by segment and on the map, and the distribution of the residuals."""

from dataclasses import dataclass

import numpy as np

from backend.performance.realized import LabelledRows, RealizedError, realized_error
from storage.schema.arrays import FloatArray
from training.evaluation.slices import income_edges, kinds_of_district
from training.features.raw_inputs import LATITUDE, LONGITUDE

SLICE_MINIMUM_ROWS = 30
CELL_DEGREES = 0.5
BINS_A_SIDE = 20
"""At most so many bins of residuals on each side of zero."""
BIN_WIDTHS = (0.005, 0.01, 0.02, 0.025, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
SHOWN_SHARE = 0.99
"""Share of the holdout's absolute residuals that the histogram spans; the rest is in its end bins."""


@dataclass(frozen=True)
class ErrorSlice:
    """One segment; ``baseline_rmse`` is the holdout's there, None without enough rows."""

    kind: str
    name: str
    realized: RealizedError
    baseline_rmse: float | None


@dataclass(frozen=True)
class ErrorCell:
    """A square of the map by its centre in degrees; errors in 100,000 USD."""

    latitude: float
    longitude: float
    rows: int
    mae: float
    bias: float


@dataclass(frozen=True)
class ResidualHistogram:
    """Shares of predicted - actual between ``edges`` (k + 1,), now and in the holdout (k,)."""

    edges: FloatArray
    shares: FloatArray
    baseline_shares: FloatArray


def worst_slices(
    inputs: FloatArray,
    rows: LabelledRows,
    baseline_inputs: FloatArray,
    baseline: LabelledRows,
    seed: int,
) -> tuple[ErrorSlice, ...]:
    """Return regions, income quarters and age bands with 30 rows or more, the highest RMSE first.

    The quarters are the holdout's, so that a name means the same districts in every window.

    Parameters
    ----------
    inputs, baseline_inputs
        Shape (n, 8), of ``rows`` and of the holdout.
    """
    edges = income_edges(baseline_inputs)
    then = kinds_of_district(baseline_inputs, edges)
    found = [
        ErrorSlice(
            *key,
            realized_error(rows.only(mask), seed, SLICE_MINIMUM_ROWS),
            _rmse(baseline.only(then[key])),
        )
        for key, mask in kinds_of_district(inputs, edges).items()
        if mask.sum() >= SLICE_MINIMUM_ROWS
    ]
    return tuple(
        sorted(found, key=lambda one: -(one.realized.rmse.value if one.realized.rmse else 0))
    )


def error_cells(inputs: FloatArray, rows: LabelledRows) -> tuple[ErrorCell, ...]:
    """Return the squares of half a degree that hold labelled rows, from south to north."""
    corners = np.floor(inputs[:, [LATITUDE, LONGITUDE]] / CELL_DEGREES)
    cells, cell_of_row = np.unique(corners, axis=0, return_inverse=True)
    return tuple(
        _cell(corner, rows.residuals[cell_of_row == number]) for number, corner in enumerate(cells)
    )


def residual_histogram(rows: LabelledRows, baseline: LabelledRows) -> ResidualHistogram:
    """Return how residuals spread, beside the holdout's, in bins of a round width around zero."""
    reach = float(np.quantile(np.abs(baseline.residuals), SHOWN_SHARE))
    width = next((one for one in BIN_WIDTHS if BINS_A_SIDE * one >= reach), BIN_WIDTHS[-1])
    a_side = int(np.clip(5 * np.ceil(reach / width / 5), 5, BINS_A_SIDE))
    edges = np.asarray((np.arange(2 * a_side + 2) - a_side - 0.5) * width, dtype=np.float64)
    return ResidualHistogram(
        edges, _shares(rows.residuals, edges), _shares(baseline.residuals, edges)
    )


def _rmse(rows: LabelledRows) -> float | None:
    if len(rows) < SLICE_MINIMUM_ROWS:
        return None
    return float(np.sqrt(np.mean(rows.residuals**2)))


def _cell(corner: FloatArray, residuals: FloatArray) -> ErrorCell:
    latitude, longitude = ((corner + 0.5) * CELL_DEGREES).tolist()
    mae, bias = float(np.mean(np.abs(residuals))), float(np.mean(residuals))
    return ErrorCell(latitude, longitude, len(residuals), mae, bias)


def _shares(residuals: FloatArray, edges: FloatArray) -> FloatArray:
    counts, _ = np.histogram(np.clip(residuals, edges[0], edges[-1]), edges)
    return counts / max(len(residuals), 1)
