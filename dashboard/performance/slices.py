"""Where the model does worst: regions, incomes and ages, ranked by their error."""

from typing import Any

import streamlit as st

from backend.contract.performance import ErrorSlice, PerformanceResponse
from backend.contract.predictions import TARGET_UNIT_DOLLARS
from backend.contract.table import SLICE_LABELS


def draw_slices(found: PerformanceResponse) -> None:
    """Draw a table of the slices, the worst first."""
    st.subheader("By kind of district", anchor=False)
    if not found.slices:
        st.markdown(":gray[No region, income or age has 30 actual values yet.]")
        return
    st.caption("Highest RMSE first; kinds with fewer than 30 actual values are left out.")
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
        "rmse": _dollars(rmse.value if rmse else None),
        "lower": _dollars(rmse.lower if rmse else None),
        "upper": _dollars(rmse.upper if rmse else None),
        "baseline": _dollars(one.baseline_rmse),
        "mae": _dollars(mae.value if mae else None),
        "bias": _dollars(bias.value if bias else None),
        "coverage": None if coverage is None else 100 * coverage.value,
    }


def _dollars(price: float | None) -> float | None:
    return None if price is None else price * TARGET_UNIT_DOLLARS


def _columns() -> dict[str, Any]:
    money = {
        "rmse": "RMSE",
        "lower": "from",
        "upper": "to",
        "baseline": "Holdout RMSE",
        "mae": "Mean absolute error",
    }
    return {
        "kind": st.column_config.TextColumn("Kind"),
        "name": st.column_config.TextColumn("Districts"),
        "rows": st.column_config.NumberColumn("Actual values", format="%,.0f"),
        **{
            name: st.column_config.NumberColumn(title, format="$%,.0f")
            for name, title in money.items()
        },
        "bias": st.column_config.NumberColumn("Bias, $", format="%+,.0f"),
        "coverage": st.column_config.NumberColumn("In their interval", format="%.1f%%"),
    }
