"""Logged predictions: search by the caller's own id and metadata, count, page, open one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import streamlit as st

from backend.contract.predictions import (
    LONGEST_METADATA_NAME,
    LONGEST_METADATA_VALUE,
)
from backend.contract.query.sources import Source
from backend.contract.records import PredictionRow, PredictionsQuery, PredictionsResponse
from backend.contract.stored.counts import PredictionCountsQuery
from backend.contract.stored.export import PredictionExportQuery
from dashboard.logs.counts import FacetChoice
from dashboard.logs.link import draw_link
from dashboard.logs.live import choose_live, draw_live
from dashboard.logs.record_list import RecordList, draw_list
from dashboard.logs.traffic import traffic_facet
from dashboard.navigation import LOGS, PREDICT
from dashboard.shared.address import address_parameters
from dashboard.shared.open_row import draw_facts, draw_rows
from dashboard.shared.service import housing_client
from dashboard.shared.sources import LISTED, NAMES, choose_sources
from dashboard.timeline.time_range import TimeRange, chosen_range
from dashboard.wording.moment import COLUMN_FORMAT, cell, column_title, to_the_microsecond
from dashboard.wording.value import escaped, prediction_column, recorded, rounded
from dashboard.wording.zone import zone_name

ROWS_A_PAGE = 100


@dataclass(frozen=True)
class PredictionFilters:
    """The chosen filters; ``reference`` is what was searched for, if predictions have it."""

    reference: str | None
    metadata: str | None
    model_version: str | None
    sources: tuple[Source, ...]
    shown: TimeRange

    def chosen(self, now: datetime) -> dict[str, Any]:
        """Return the parameters of every query about these predictions."""
        since, _ = self.shown.bounds(now)
        name, _, value = (self.metadata or "").partition("=")
        return {
            "reference": self.reference,
            "metadata": {name.strip(): value.strip()} if self.metadata else None,
            "model_version": self.model_version,
            "sources": self.sources,
            "since": since,
            "until": self.shown.until,
        }

    def query(self, page_token: str | None, now: datetime) -> PredictionsQuery:
        """Return the request for one page; the service judges its words."""
        return PredictionsQuery.model_construct(
            **self.chosen(now), limit=ROWS_A_PAGE, page_token=page_token
        )

    def facets(self) -> dict[str, FacetChoice]:
        """Return the facets, by their names in the counts."""
        version = FacetChoice("Version", "prediction_version", self.model_version)
        return {"model_version": version, "sources": traffic_facet("prediction", self.sources)}


def draw_prediction_list(reference: str | None) -> None:
    """Draw the filters, the counts, a page of matching predictions, and the opened one.

    ``reference``: only those with this id of the caller's own.
    """
    filters = _choose_filters(reference)
    live = choose_live("prediction")
    draw_live(partial(_draw_list, filters, live=live), live=live)


def _draw_list(filters: PredictionFilters, *, live: bool) -> None:
    now, client = datetime.now(UTC), housing_client()
    chosen = filters.chosen(now)
    listed = RecordList[PredictionsResponse](
        "prediction",
        "predictions",
        filters,
        filters.facets(),
        rows=lambda answer: answer.predictions,
        ask=lambda token: client.predictions(filters.query(token, now)),
        count=lambda: client.prediction_counts(
            PredictionCountsQuery.model_construct(**chosen, zone=zone_name())
        ),
        export=lambda form, limit: client.export_predictions(
            PredictionExportQuery.model_construct(**chosen, format=form, limit=limit)
        ),
        draw=lambda answer: draw_predictions("prediction", answer.predictions),
    )
    draw_list(listed, live=live)


def draw_predictions(name: str, rows: Sequence[PredictionRow]) -> None:
    """Draw predictions and the opened one; ``name`` is the prefix of the keys."""
    opened = draw_rows(name, rows, _cells, _columns(), "No predictions match these filters.")
    if opened is not None:
        draw_prediction(f"{name}_opened", opened)


def _choose_filters(reference: str | None) -> PredictionFilters:
    with st.grid(4, min_column_width=170, gap="small"):
        metadata = st.text_input(
            "Metadata",
            key="prediction_metadata",
            max_chars=LONGEST_METADATA_NAME + LONGEST_METADATA_VALUE + 1,
            placeholder="channel=web",
            help="A name and its text, as the caller sent them.",
            bind="query-params",
        )
        version = st.text_input(
            "Model version",
            key="prediction_version",
            max_chars=100,
            placeholder="any",
            bind="query-params",
        )
        sources = choose_sources("prediction", LISTED)
    return PredictionFilters(
        reference,
        metadata.strip() or None,
        version.strip() or None,
        sources,
        chosen_range(LOGS.usual),
    )


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
        "timestamp": st.column_config.DatetimeColumn(
            column_title("Time"), format=COLUMN_FORMAT, width=150
        ),
        "reference": st.column_config.TextColumn("Reference", width=170),
        "prediction": prediction_column("Prediction"),
        "metadata": st.column_config.TextColumn("Metadata", width="medium"),
        "model_version": st.column_config.TextColumn("Model version", width=205),
    }


def draw_prediction(name: str, row: PredictionRow) -> None:
    """Draw one prediction: what is known of it beside the caller's words and the inputs."""
    known = "not known yet" if row.actual is None else escaped(recorded(row.actual))
    facts = {
        "Time": to_the_microsecond(row.timestamp),
        "Prediction": escaped(recorded(row.prediction)),
        "Actual value": known,
        "Prediction ID": f"`{row.prediction_id}`",
        "Request ID": f"`{row.request_id}`",
        "Traffic": NAMES[row.source],
        "Model version": f"`{row.model_version}`",
    }
    draw_facts(name, facts, said_and_sent(row))
    with st.container(horizontal=True, key=f"{name}_actions"):
        PREDICT.link("Open in Predict", address_parameters(row.input))
        draw_link(name, row.prediction_id)


def said_and_sent(row: PredictionRow) -> str:
    """Return the caller's words and the inputs, a line each; to be shown verbatim, whatever they hold."""
    said = {"reference": row.reference} if row.reference else {}
    parts = (said, row.metadata or {}, row.input.__dict__)
    lines = [[f"{name} = {value}" for name, value in part.items()] for part in parts]
    return "\n\n".join("\n".join(part) for part in lines if part)


def _listed(metadata: dict[str, str] | None) -> str:
    return ", ".join(f"{name}={value}" for name, value in (metadata or {}).items())
