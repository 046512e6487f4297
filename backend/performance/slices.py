"""The error by segment and on the map, and the distribution of the residuals."""

import numpy as np

from backend.contract.performance import ErrorCell, ErrorSlice, ResidualHistogram
from backend.drift.picture import shares_by_bin
from backend.performance.realized import realized_error
from storage.domain.place import HAS_PLACE, LATITUDE, LONGITUDE
from storage.schema.arrays import FloatArray
from storage.schema.predictions import LabelledPredictions
from training.evaluation.slices import named_segments, quarter_edges

SLICE_MINIMUM_ROWS = 30
CELL_DEGREES = 0.5
BINS_A_SIDE = 20
"""Largest number of residual bins on each side of zero."""
ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
"""A bin is one of these wide, times a power of ten."""
SHOWN_SHARE = 0.99
"""Share of the holdout's absolute residuals that the histogram spans; the rest is in its end bins."""


def worst_slices(
    rows: LabelledPredictions, baseline: LabelledPredictions, seed: int
) -> list[ErrorSlice]:
    """Return the segments with 30 rows or more, the highest RMSE first.

    The quarters are those of the holdout, ``baseline``, so that a name means the same rows in every window.
    """
    edges = quarter_edges(baseline.inputs)
    then = named_segments(baseline.inputs, edges)
    found = [
        ErrorSlice(
            kind=kind,
            name=name,
            realized=realized_error(rows.only(mask), seed, SLICE_MINIMUM_ROWS),
            baseline_rmse=_rmse(baseline.only(then[kind, name])),
        )
        for (kind, name), mask in named_segments(rows.inputs, edges).items()
        if mask.sum() >= SLICE_MINIMUM_ROWS
    ]
    return sorted(found, key=lambda one: -(one.realized.rmse.value if one.realized.rmse else 0))


def error_cells(rows: LabelledPredictions) -> list[ErrorCell]:
    """Return the half-degree squares with labelled rows, from south to north; none without a place."""
    if not HAS_PLACE:
        return []
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
    width = _round_width(reach / BINS_A_SIDE)
    a_side = int(np.clip(5 * np.ceil(reach / width / 5), 5, BINS_A_SIDE))
    edges = np.asarray((np.arange(2 * a_side + 2) - a_side - 0.5) * width, dtype=np.float64)
    return ResidualHistogram(
        edges=edges.tolist(),
        shares=shares_by_bin(rows.residuals, edges),
        baseline_shares=shares_by_bin(baseline.residuals, edges),
    )


def _round_width(width: float) -> float:
    """Return the smallest round number that is not below a width.

    Examples
    --------
    >>> _round_width(0.0213), _round_width(37.0), _round_width(0.0)
    (0.025, 50.0, 1.0)
    """
    if width <= 0:
        return 1.0
    exponent = int(np.floor(np.log10(width)))
    # Divided by a power, not multiplied by its inverse: 0.2 stays 0.2.
    power = 10.0 ** abs(exponent)
    scaled = [one * power if exponent >= 0 else one / power for one in ROUND]
    return next(one for one in scaled if one >= width)


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
