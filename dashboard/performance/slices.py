"""The error by segment, the worst first."""

from typing import Any

import streamlit as st

from backend.contract.definition import SLICE_LABELS
from backend.contract.performance import ErrorSlice, PerformanceResponse
from dashboard.wording.segment_words import SLICE_WORDS, segment_name
from dashboard.wording.value import (
    difference_column,
    in_written_unit,
    value_column,
    with_written_unit,
)


def draw_slices(found: PerformanceResponse) -> None:
    """Draw a table of the slices, the worst first."""
    st.subheader("By segment", anchor=False)
    if not found.slices:
        st.markdown(":gray[No segment has 30 labels yet.]")
        return
    st.caption("Highest RMSE first; segments with fewer than 30 labels are not shown.")
    st.dataframe(
        slice_cells(found.slices),
        key="performance_slices",
        height="content",
        hide_index=True,
        column_config=_columns(),
        placeholder="–",
        alt=f"Error by {SLICE_WORDS}, the worst first",
    )


def slice_cells(slices: list[ErrorSlice]) -> list[dict[str, Any]]:
    """Return the cells of one row a slice; errors in the written unit, coverage in percent."""
    return [_cells(one) for one in slices if one.realized.rmse is not None]


def _cells(one: ErrorSlice) -> dict[str, Any]:
    rmse, mae, bias = one.realized.rmse, one.realized.mae, one.realized.bias
    coverage = one.realized.interval_coverage
    return {
        "kind": SLICE_LABELS.get(one.kind, one.kind),
        "name": segment_name(one.kind, one.name),
        "rows": one.realized.rows,
        "rmse": in_written_unit(rmse.value if rmse else None),
        "lower": in_written_unit(rmse.lower if rmse else None),
        "upper": in_written_unit(rmse.upper if rmse else None),
        "baseline": in_written_unit(one.baseline_rmse),
        "mae": in_written_unit(mae.value if mae else None),
        "bias": in_written_unit(bias.value if bias else None),
        "coverage": None if coverage is None else 100 * coverage.value,
    }


def _columns() -> dict[str, Any]:
    errors = {
        "rmse": "RMSE",
        "lower": "from",
        "upper": "to",
        "baseline": "Holdout RMSE",
        "mae": "Mean absolute error",
    }
    return {
        "kind": st.column_config.TextColumn("Group"),
        "name": st.column_config.TextColumn("Segment"),
        "rows": st.column_config.NumberColumn("Labels", format="%,.0f"),
        **{name: value_column(title) for name, title in errors.items()},
        "bias": difference_column(with_written_unit("Bias")),
        "coverage": st.column_config.NumberColumn("Interval coverage", format="%.1f%%"),
    }
