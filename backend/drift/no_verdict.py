"""The report of a window with too few rows for a verdict."""

from dataclasses import asdict
from typing import NamedTuple

from backend.drift.report import DriftReport
from backend.drift.thresholds import DriftThresholds

METHOD = (
    "two-sample Kolmogorov-Smirnov test of each column, cross-validated domain classifier, and exact "
    "tests of implausible rows, lost decimals and stuck values, Holm-corrected, with a floor on the effect"
)
"""How a window is compared, in words."""


class ComparedRows(NamedTuple):
    """How many rows a window has, and how many count, because they repeat no other."""

    all: int
    different: int


def no_verdict(rows: ComparedRows, columns: int, thresholds: DriftThresholds) -> DriftReport:
    """Return it, for a window of so many rows and columns."""
    counted = "1 row" if rows.all == 1 else f"{rows.all} rows"
    repeated = f", {rows.different} of them different" if rows.different < rows.all else ""
    reason = f"Not enough data: {counted}{repeated}, and a verdict needs {thresholds.minimum_rows}."
    return DriftReport(
        status="not_enough_data",
        total_features=columns,
        drift_scores={},
        prediction=None,
        drifted_features=[],
        drift_share=None,
        overall_drift=None,
        severity="none",
        reasons=[reason],
        multivariate=None,
        n_samples=rows.all,
        different_rows=rows.different,
        method=METHOD,
        thresholds=asdict(thresholds),
        smallest_adjusted_p_value=None,
    )
