"""The last predictions: time, inputs, prediction."""

from typing import Any

import streamlit as st

from backend.contract.records import PredictionRow
from dashboard.wording.feature_words import input_columns
from dashboard.wording.moment import COLUMN_FORMAT, cell, column_title
from dashboard.wording.value import prediction_column, rounded
from dashboard.wording.words import LABEL

PREDICTED = "#predicted"
"""A column; no input can have such a name."""


def draw_predictions(rows: list[PredictionRow]) -> None:
    """Draw the logged predictions as a table, newest first."""
    st.header("Latest predictions", anchor=False)
    cells = prediction_cells(rows)
    st.dataframe(
        cells,
        key="overview_predictions",
        height="content",
        hide_index=True,
        column_config=_columns(cells),
        placeholder="–",
        alt="The last predictions with their inputs",
    )


def prediction_cells(rows: list[PredictionRow]) -> list[dict[str, Any]]:
    """Return one row of cells for each prediction, its value in the written unit."""
    return [
        {"timestamp": cell(row.timestamp), PREDICTED: rounded(row.prediction)}
        | row.input.model_dump()
        | {"model_version": row.model_version}
        for row in rows
    ]


def _columns(cells: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "timestamp": st.column_config.DatetimeColumn(
            column_title("Time"), format=COLUMN_FORMAT, pinned=True
        ),
        PREDICTED: prediction_column(LABEL),
        **input_columns(cells),
        "model_version": st.column_config.TextColumn("Model version"),
    }
