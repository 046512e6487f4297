"""The last predictions: time, inputs, price."""

from typing import Any

import streamlit as st

from backend.contract.predictions import FEATURES
from backend.contract.records import PredictionRow
from dashboard.shared.moment import COLUMN_FORMAT, cell
from dashboard.shared.price import rounded_dollars


def draw_predictions(rows: list[PredictionRow]) -> None:
    """Draw the logged predictions as a table, newest first."""
    st.subheader("Latest predictions", anchor=False)
    st.dataframe(
        prediction_cells(rows),
        key="overview_predictions",
        height="content",
        hide_index=True,
        column_config=_columns(),
        placeholder="–",
        alt="The last predictions with their inputs and prices in dollars",
    )


def prediction_cells(rows: list[PredictionRow]) -> list[dict[str, Any]]:
    """Return one row of cells for each prediction, its price in dollars."""
    return [
        {"timestamp": cell(row.timestamp), "price": rounded_dollars(row.prediction)}
        | row.input.model_dump()
        | {"model_version": row.model_version}
        for row in rows
    ]


def _columns() -> dict[str, Any]:
    inputs = {
        feature.name: st.column_config.NumberColumn(
            feature.label, format="%.6g", help=feature.description
        )
        for feature in FEATURES
    }
    return {
        "timestamp": st.column_config.DatetimeColumn(
            "Time, UTC", format=COLUMN_FORMAT, pinned=True
        ),
        "price": st.column_config.NumberColumn("Price", format="$%,.0f"),
        **inputs,
        "model_version": st.column_config.TextColumn("Model version"),
    }
