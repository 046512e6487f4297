"""Logged predictions: search by the caller's own id and metadata, page, open one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from backend.contract.predictions import (
    LONGEST_METADATA_NAME,
    LONGEST_METADATA_VALUE,
    LONGEST_REFERENCE,
)
from backend.contract.query.sources import Source
from backend.contract.records import PredictionRow, PredictionsQuery, PredictionsResponse
from dashboard.navigation import PREDICT, PREDICT_ICON
from dashboard.shared.address import address_parameters
from dashboard.shared.open_row import draw_facts, draw_rows
from dashboard.shared.paged_list import PagedList
from dashboard.shared.service import asking_service, housing_client
from dashboard.shared.sources import LISTED, NAMES, choose_sources
from dashboard.shared.time_window import TimeWindow, choose_window
from dashboard.wording.moment import COLUMN_FORMAT, cell
from dashboard.wording.value import escaped, prediction_column, recorded, rounded

ROWS_A_PAGE = 100


@dataclass(frozen=True)
class PredictionFilters:
    """The chosen filters."""

    reference: str | None
    metadata: str | None
    sources: tuple[Source, ...]
    window: TimeWindow

    def query(self, page_token: str | None, now: datetime) -> PredictionsQuery:
        """Return the request for one page."""
        since, until = self.window.bounds(now)
        name, _, value = (self.metadata or "").partition("=")
        return PredictionsQuery.model_construct(
            reference=self.reference,
            metadata={name.strip(): value.strip()} if self.metadata else None,
            sources=self.sources,
            since=since,
            until=until,
            limit=ROWS_A_PAGE,
            page_token=page_token,
        )


def draw_prediction_list() -> None:
    """Draw the filters, a page of matching predictions, and the opened one."""
    filters = _choose_filters()
    pages = PagedList[PredictionsResponse]("prediction")
    with asking_service():
        answer = pages.read(
            filters,
            lambda token: housing_client().predictions(filters.query(token, datetime.now(UTC))),
        )
        pages.draw_turning(answer)
        draw_predictions("prediction", answer.predictions)


def draw_predictions(name: str, rows: Sequence[PredictionRow]) -> None:
    """Draw predictions and the opened one; ``name`` is the prefix of the keys."""
    opened = draw_rows(name, rows, _cells, _columns(), "No predictions match these filters.")
    if opened is not None:
        draw_prediction(f"{name}_opened", opened)


def _choose_filters() -> PredictionFilters:
    with st.grid(4, min_column_width=170, gap="small"):
        reference = st.text_input(
            "Reference",
            key="prediction_reference",
            max_chars=LONGEST_REFERENCE,
            placeholder="order-17",
            help="The caller's own id, exactly as it was sent.",
            bind="query-params",
        )
        metadata = st.text_input(
            "Metadata",
            key="prediction_metadata",
            max_chars=LONGEST_METADATA_NAME + LONGEST_METADATA_VALUE + 1,
            placeholder="channel=web",
            help="A name and its text, as the caller sent them.",
            bind="query-params",
        )
        sources = choose_sources("prediction", LISTED)
        window = choose_window("prediction")
    return PredictionFilters(reference.strip() or None, metadata.strip() or None, sources, window)


def _cells(row: PredictionRow) -> dict[str, Any]:
    return {
        "timestamp": cell(row.timestamp),
        "reference": row.reference,
        "prediction": rounded(row.prediction),
        "metadata": _listed(row.metadata) or None,
        "model_version": row.model_version,
    }


def _columns() -> dict[str, Any]:
    return {
        "timestamp": st.column_config.DatetimeColumn("Time, UTC", format=COLUMN_FORMAT, width=150),
        "reference": st.column_config.TextColumn("Reference", width=170),
        "prediction": prediction_column("Prediction"),
        "metadata": st.column_config.TextColumn("Metadata", width="medium"),
        "model_version": st.column_config.TextColumn("Model version", width=205),
    }


def draw_prediction(name: str, row: PredictionRow) -> None:
    """Draw one prediction: what is known of it beside the caller's words and the inputs."""
    known = "not known yet" if row.actual is None else escaped(recorded(row.actual))
    facts = {
        "Time": f"{row.timestamp.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC",
        "Prediction": escaped(recorded(row.prediction)),
        "Actual value": known,
        "Prediction ID": f"`{row.prediction_id}`",
        "Request ID": f"`{row.request_id}`",
        "Traffic": NAMES[row.source],
        "Model version": f"`{row.model_version}`",
    }
    draw_facts(name, facts, said_and_sent(row))
    if st.button("Open in Predict", icon=PREDICT_ICON, key=f"{name}_predict"):
        PREDICT.open(address_parameters(row.input))


def said_and_sent(row: PredictionRow) -> str:
    """Return the caller's words and the inputs, a line each; to be shown verbatim, whatever they hold."""
    said = {"reference": row.reference} if row.reference else {}
    parts = (said, row.metadata or {}, row.input.__dict__)
    lines = [[f"{name} = {value}" for name, value in part.items()] for part in parts]
    return "\n\n".join("\n".join(part) for part in lines if part)


def _listed(metadata: dict[str, str] | None) -> str:
    return ", ".join(f"{name}={value}" for name, value in (metadata or {}).items())
