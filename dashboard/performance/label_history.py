"""One prediction's actual value: what it is now, and how it was corrected."""

from typing import Any

import streamlit as st

from backend.contract.records import LabelCorrection, LoggedPredictionResponse, PredictionRow
from dashboard.performance.label_file import LONGEST_ID
from dashboard.shared.foreign_text import harmless
from dashboard.shared.service import asking_service, housing_client
from dashboard.wording.actor import actor_words
from dashboard.wording.moment import COLUMN_FORMAT, cell, column_title, moment
from dashboard.wording.value import escaped, in_written_unit, value_column, written, written_exactly


def draw_label_history() -> None:
    """Draw a field for an id and, below it, that prediction's actual value with its history."""
    prediction_id = st.text_input(
        "Look up an actual value",
        key="performance_label",
        max_chars=LONGEST_ID,
        placeholder="ID of a prediction",
        bind="query-params",
    ).strip()
    if not prediction_id:
        return
    with asking_service():
        _draw_found(housing_client().prediction(prediction_id))


def _draw_found(found: LoggedPredictionResponse) -> None:
    with st.container(border=True, key="performance_label_found"):
        st.markdown(escaped(label_words(found.prediction)))
        if not found.corrections:
            if found.prediction.actual is not None:
                st.caption("It was never corrected.")
            return
        st.dataframe(
            harmless(correction_cells(each) for each in reversed(found.corrections)),
            key="performance_corrections",
            height="content",
            hide_index=True,
            column_config=_columns(),
            alt="How this actual value was corrected, newest first",
        )


def label_words(row: PredictionRow) -> str:
    """Say what was predicted and what the actual value is now."""
    predicted = f"Predicted {written(row.prediction)} ({moment(row.timestamp)})"
    if row.actual is None or row.labelled_at is None:
        return f"{predicted}; no actual value yet."
    return f"{predicted}; actual value **{written_exactly(row.actual)}**, saved {moment(row.labelled_at)}."


def correction_cells(correction: LabelCorrection) -> dict[str, Any]:
    """Return one row of the history; values in the written unit."""
    return {
        "timestamp": cell(correction.timestamp),
        "earlier": in_written_unit(correction.earlier),
        "actual": in_written_unit(correction.actual),
        "person": correction.person,
        "actor": actor_words(correction.actor),
        "reason": correction.reason,
    }


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "timestamp": config.DatetimeColumn(
            column_title("Corrected"), format=COLUMN_FORMAT, width=150
        ),
        "earlier": value_column("From"),
        "actual": value_column("To"),
        "person": config.TextColumn("Person"),
        "actor": config.TextColumn("Key", help="Key with which it was replaced."),
        "reason": config.TextColumn("Reason", width="large"),
    }
