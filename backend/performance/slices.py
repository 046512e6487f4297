"""The error by segment and on the map, and the distribution of the residuals."""

import numpy as np

from backend.contract.performance import ErrorCell, ErrorSlice, ResidualHistogram
from backend.drift.picture import shares_by_bin
from backend.performance.realized import realized_error
from storage.domain.inputs import LATITUDE, LONGITUDE
from storage.schema.arrays import FloatArray
from storage.schema.predictions import LabelledPredictions
from training.evaluation.slices import income_edges, kinds_of_district

SLICE_MINIMUM_ROWS = 30
CELL_DEGREES = 0.5
BINS_A_SIDE = 20
"""Largest number of residual bins on each side of zero."""
BIN_WIDTHS = (0.005, 0.01, 0.02, 0.025, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
SHOWN_SHARE = 0.99
"""Share of the holdout's absolute residuals that the histogram spans; the rest is in its end bins."""


def worst_slices(
    rows: LabelledPredictions, baseline: LabelledPredictions, seed: int
) -> list[ErrorSlice]:
    """Return regions, income quarters and age bands with 30 rows or more, the highest RMSE first.

    The income quarters are those of the holdout, ``baseline``, so that a name means the same districts in
    every window.
    """
    edges = income_edges(baseline.inputs)
    then = kinds_of_district(baseline.inputs, edges)
    found = [
        ErrorSlice(
            kind=kind,
            name=name,
            realized=realized_error(rows.only(mask), seed, SLICE_MINIMUM_ROWS),
            baseline_rmse=_rmse(baseline.only(then[kind, name])),
        )
        for (kind, name), mask in kinds_of_district(rows.inputs, edges).items()
        if mask.sum() >= SLICE_MINIMUM_ROWS
    ]
    return sorted(found, key=lambda one: -(one.realized.rmse.value if one.realized.rmse else 0))


def error_cells(rows: LabelledPredictions) -> list[ErrorCell]:
    """Return the half-degree squares with labelled rows, from south to north."""
    corners = np.floor(rows.inputs[:, [LATITUDE, LONGITUDE]] / CELL_DEGREES)
    cells, cell_of_row = np.unique(corners, axis=0, return_inverse=True)
    return [
        _cell(corner, rows.residuals[cell_of_row == number]) for number, corner in enumerate(cells)
    ]


def residual_histogram(
    rows: LabelledPredictions, baseline: LabelledPredictions
) -> ResidualHistogram:
    """Return the distribution of residuals and of the holdout's, in bins of a round width around zero."""
    reach = float(np.quantile(np.abs(baseline.residuals), SHOWN_SHARE))
    width = next((one for one in BIN_WIDTHS if BINS_A_SIDE * one >= reach), BIN_WIDTHS[-1])
    a_side = int(np.clip(5 * np.ceil(reach / width / 5), 5, BINS_A_SIDE))
    edges = np.asarray((np.arange(2 * a_side + 2) - a_side - 0.5) * width, dtype=np.float64)
    return ResidualHistogram(
        edges=edges.tolist(),
        shares=shares_by_bin(rows.residuals, edges),
        baseline_shares=shares_by_bin(baseline.residuals, edges),
    )


def _rmse(rows: LabelledPredictions) -> float | None:
    if len(rows) < SLICE_MINIMUM_ROWS:
        return None
    return float(np.sqrt(np.mean(rows.residuals**2)))


def _cell(corner: FloatArray, residuals: FloatArray) -> ErrorCell:
    latitude, longitude = ((corner + 0.5) * CELL_DEGREES).tolist()
    return ErrorCell(
        latitude=latitude,
        longitude=longitude,
        rows=len(residuals),
        mae=float(np.mean(np.abs(residuals))),
        bias=float(np.mean(residuals)),
    )
