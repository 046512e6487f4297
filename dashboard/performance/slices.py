"""The error by segment: regions, incomes and house ages, the worst first."""

from typing import Any

import streamlit as st

from backend.contract.performance import ErrorSlice, PerformanceResponse
from backend.contract.table import SLICE_LABELS
from dashboard.shared.price import in_dollars


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
        alt="Error by region, income and house age, the worst first",
    )


def slice_cells(slices: list[ErrorSlice]) -> list[dict[str, Any]]:
    """Return the cells of one row a slice; errors in dollars, coverage in percent."""
    return [_cells(one) for one in slices if one.realized.rmse is not None]


def _cells(one: ErrorSlice) -> dict[str, Any]:
    rmse, mae, bias = one.realized.rmse, one.realized.mae, one.realized.bias
    coverage = one.realized.interval_coverage
    return {
        "kind": SLICE_LABELS.get(one.kind, one.kind),
        "name": one.name.title() if one.kind == "region" else one.name,
        "rows": one.realized.rows,
        "rmse": in_dollars(rmse.value if rmse else None),
        "lower": in_dollars(rmse.lower if rmse else None),
        "upper": in_dollars(rmse.upper if rmse else None),
        "baseline": in_dollars(one.baseline_rmse),
        "mae": in_dollars(mae.value if mae else None),
        "bias": in_dollars(bias.value if bias else None),
        "coverage": None if coverage is None else 100 * coverage.value,
    }


def _columns() -> dict[str, Any]:
    money = {
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
        **{
            name: st.column_config.NumberColumn(title, format="$%,.0f")
            for name, title in money.items()
        },
        "bias": st.column_config.NumberColumn("Bias, $", format="%+,.0f"),
        "coverage": st.column_config.NumberColumn("Interval coverage", format="%.1f%%"),
    }
