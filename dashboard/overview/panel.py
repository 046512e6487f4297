"""The Overview as one live block, what an operator acts on first."""

import streamlit as st

from dashboard.overview.events import draw_events
from dashboard.overview.health_line import draw_health
from dashboard.overview.monitoring import draw_drift_summary, draw_error_summary
from dashboard.overview.predictions import draw_predictions
from dashboard.overview.reading import OverviewReading, read_overview
from dashboard.overview.record_store import draw_record_store
from dashboard.overview.served_model import draw_served_model
from dashboard.overview.traffic_panel import choose_scope, chosen_scope, draw_traffic
from dashboard.shared.service import asking_service, housing_client


def draw_overview() -> None:
    """Read everything, then draw it: a failed reading leaves one sentence in its place.

    Drift and error come from readings of their own, which go on when the others fail.
    """
    reading: OverviewReading | None = None
    with asking_service():
        reading = read_overview(housing_client(), chosen_scope())
        draw_health(reading)
    drift_side, error_side = st.columns(2, gap="large")
    with drift_side:
        draw_drift_summary()
    with error_side:
        draw_error_summary()
    if reading is not None:
        _draw_service(reading)
    draw_events()
    if reading is not None and reading.predictions:
        draw_predictions(reading.predictions)


def _draw_service(reading: OverviewReading) -> None:
    traffic_side, facts_side = st.columns([13, 7], gap="large")
    with traffic_side:
        choose_scope()
        draw_traffic(reading.requests, chosen_scope())
    with facts_side:
        if reading.info is not None:
            draw_served_model(reading.info)
        draw_record_store(reading.statistics)
