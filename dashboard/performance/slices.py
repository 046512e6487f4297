"""The error by segment, the worst first."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from backend.contract.definition import SLICE_LABELS
from backend.contract.performance import ErrorSlice, PerformanceResponse, RealizedError
from backend.contract.query.where import Condition
from dashboard.shared.segment_choice import SegmentChoice
from dashboard.wording.segment_words import SLICE_WORDS, segment_name
from dashboard.wording.value import (
    difference_column,
    in_written_unit,
    value_column,
    with_written_unit,
)

SEGMENT = SegmentChoice("performance")
"""What a person builds, or selects in the table or on the map."""
SELECTED = "performance_slices_selected"
"""Session state: how many segments were selected in the table so far."""


def draw_slices(found: PerformanceResponse) -> None:
    """Draw a table of the slices, the worst first."""
    st.header("By segment", anchor=False)
    if not found.slices:
        st.markdown(":gray[No segment has 30 labels yet.]")
        return
    st.caption(
        "Highest RMSE first; segments with fewer than 30 labels are not shown. Select a row at its left edge "
        "to see its predictions below."
    )
    measured = [one for one in found.slices if one.realized.rmse is not None]
    # Each selection is of a new table, which has none: what was selected stands below.
    key = f"performance_slices_{st.session_state.setdefault(SELECTED, 0)}"
    st.dataframe(
        slice_cells(measured),
        key=key,
        on_select=lambda: _show(measured, key),
        selection_mode="single-row",
        height="content",
        hide_index=True,
        column_config={
            "kind": st.column_config.TextColumn("Group"),
            "name": st.column_config.TextColumn("Segment"),
            **error_columns(),
            "baseline": value_column("Holdout RMSE"),
        },
        placeholder="–",
        alt=f"Error by {SLICE_WORDS}, the worst first",
    )


def _show(slices: Sequence[ErrorSlice], key: str) -> None:
    selected = st.session_state[key].selection.rows
    if selected:
        st.session_state[SELECTED] += 1
        one = slices[selected[0]]
        SEGMENT.show([Condition(one.kind, words=(one.name,))])


def slice_cells(slices: Sequence[ErrorSlice]) -> list[dict[str, Any]]:
    """Return the cells of one row a slice; errors in the written unit, coverage in percent."""
    return [_cells(one) for one in slices if one.realized.rmse is not None]


def _cells(one: ErrorSlice) -> dict[str, Any]:
    return {
        "kind": SLICE_LABELS.get(one.kind, one.kind),
        "name": segment_name(one.kind, one.name),
        **error_cells(one.realized),
        "baseline": in_written_unit(one.baseline_rmse),
    }


def error_cells(one: RealizedError) -> dict[str, Any]:
    """Return the cells of the error of some rows; None where there are too few."""
    rmse, mae, bias = one.rmse, one.mae, one.bias
    coverage = one.interval_coverage
    return {
        "rows": one.rows,
        "rmse": in_written_unit(rmse.value if rmse else None),
        "lower": in_written_unit(rmse.lower if rmse else None),
        "upper": in_written_unit(rmse.upper if rmse else None),
        "mae": in_written_unit(mae.value if mae else None),
        "bias": in_written_unit(bias.value if bias else None),
        "coverage": None if coverage is None else 100 * coverage.value,
    }


def error_columns() -> dict[str, Any]:
    """Return the columns of ``error_cells``."""
    errors = {"rmse": "RMSE", "lower": "from", "upper": "to", "mae": "MAE"}
    return {
        "rows": st.column_config.NumberColumn("Labels", format="%,.0f"),
        **{name: value_column(title) for name, title in errors.items()},
        "bias": difference_column(with_written_unit("Bias")),
        "coverage": st.column_config.NumberColumn(
            "Coverage", format="%.1f%%", help="Actual values that lie within their intervals."
        ),
    }
