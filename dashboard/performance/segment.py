"""The error of a segment that a person builds: beside all others, on the holdout, and its worst rows."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from backend.contract.definition import SLICE_LABELS, VALUE
from backend.contract.performance import (
    ErrorSlice,
    PerformanceQuery,
    PerformanceResponse,
    RealizedError,
)
from backend.contract.query.where import written_where
from backend.contract.records import PredictionRow
from backend.contract.segment import SegmentQuery, SegmentResponse
from dashboard.navigation import DRIFT, LOGS, PREDICT
from dashboard.performance.slices import SEGMENT, error_cells, error_columns
from dashboard.shared.address import address_parameters
from dashboard.shared.open_row import draw_facts, draw_rows
from dashboard.shared.segment_choice import PARAMETER
from dashboard.shared.service import asking_service, housing_client
from dashboard.wording.feature_words import input_columns
from dashboard.wording.moment import COLUMN_FORMAT, cell, column_title, to_the_microsecond
from dashboard.wording.value import (
    difference_column,
    escaped,
    in_written_unit,
    recorded,
    value_column,
    with_written_unit,
)
from dashboard.wording.words import capitalized

LISTED = "performance_segment"


def draw_segment(found: PerformanceResponse, asked: PerformanceQuery) -> None:
    """Let the operator build a segment, and draw its error in the page's window."""
    st.header("Your segment", anchor=False)
    st.caption(
        "Choose inputs and what they must be, or select a row of the table above or a square of the map."
    )
    where = SEGMENT.draw(
        _kinds(found.slices), "Conditions", "Choose inputs, then what they must be"
    )
    if not where:
        return
    with asking_service():
        query = SegmentQuery.model_construct(**dict(asked), where=where)
        segment = housing_client().segment(query)
        st.markdown(escaped(verdict_words(segment)))
        st.dataframe(
            figure_cells(segment),
            key=f"{LISTED}_figures",
            hide_index=True,
            column_config={"part": st.column_config.TextColumn("Rows"), **error_columns()},
            placeholder="–",
            alt="Error of the segment, of all other rows, and of the segment on the holdout",
        )
        st.caption(sample_words(segment))
        DRIFT.link("Drift of this segment", {PARAMETER: written_where(where)})
        _draw_worst(segment)


def _kinds(slices: Sequence[ErrorSlice]) -> dict[str, list[str]]:
    """Return the names of segments by kind: those that have a figure, and the one that is chosen already."""
    found: dict[str, list[str]] = {kind: [] for kind in SLICE_LABELS}
    for one in slices:
        found[one.kind].append(one.name)
    for kind, names in found.items():
        chosen = SEGMENT.said(kind, "word")
        if isinstance(chosen, str) and chosen not in names:
            names.append(chosen)
    return {kind: names for kind, names in found.items() if names}


def figure_cells(found: SegmentResponse) -> list[dict[str, Any]]:
    """Return the cells of the segment, of all others and of the holdout."""
    parts: dict[str, RealizedError | None] = {
        "This segment": found.realized,
        "All others": found.others,
        "This segment on the holdout": found.baseline,
    }
    return [{"part": name} | error_cells(one) for name, one in parts.items() if one is not None]


def verdict_words(found: SegmentResponse) -> str:
    """Say how the error in the segment compares, or why that is not known."""
    if found.realized.reason is not None:
        return f"Not enough data: {found.realized.reason}"
    return found.degradation.reason


def sample_words(found: SegmentResponse) -> str:
    """Say of how many predictions the figures are."""
    read = f"{found.labelled_read:,} of {found.n_labelled:,} labelled predictions looked at"
    estimated = found.estimated.estimated_rmse
    if estimated is None:
        return f"{read}; {found.unlabelled:,} in the segment have no actual value."
    return (
        f"{read}; {found.unlabelled:,} in the segment have no actual value: their estimated RMSE is "
        f"{recorded(estimated.value)} ({recorded(estimated.lower)} to {recorded(estimated.upper)})."
    )


def _draw_worst(found: SegmentResponse) -> None:
    if not found.rows:
        return
    st.markdown(f"**Largest errors in the segment** :small[:gray[{len(found.rows)} shown]]")
    opened = draw_rows(
        f"{LISTED}_{written_where(found.where)}",
        found.rows,
        _row_cells,
        _row_columns(found.rows),
        "No labels.",
        "the largest error first",
    )
    if opened is not None:
        _draw_opened(opened)


def _error(row: PredictionRow) -> float | None:
    return None if row.actual is None else row.prediction - row.actual


def _row_cells(row: PredictionRow) -> dict[str, Any]:
    return {
        "timestamp": cell(row.timestamp),
        "error": in_written_unit(_error(row)),
        "prediction": in_written_unit(row.prediction),
        "actual": in_written_unit(row.actual),
    } | row.input.model_dump()


def _row_columns(rows: Sequence[PredictionRow]) -> dict[str, Any]:
    return {
        "timestamp": st.column_config.DatetimeColumn(column_title("Time"), format=COLUMN_FORMAT),
        "error": difference_column(with_written_unit("Error")),
        "prediction": value_column(capitalized(with_written_unit(f"predicted {VALUE}"))),
        "actual": value_column(capitalized(with_written_unit(f"actual {VALUE}"))),
        **input_columns([_row_cells(row) for row in rows]),
    }


def _draw_opened(row: PredictionRow) -> None:
    facts = {
        "Time": to_the_microsecond(row.timestamp),
        "Prediction ID": f"`{row.prediction_id}`",
        "Reference": escaped(row.reference or "none"),
    }
    draw_facts(LISTED, facts, None)
    with st.container(horizontal=True):
        PREDICT.link("Open in Predict", address_parameters(row.input))
        LOGS.link("Request, log lines, events", {"find": row.prediction_id})
