"""The Overview as one live block, most urgent first."""

import streamlit as st

from backend.contract.database import DatabaseStatistics
from backend.contract.definition import DISPLAY
from backend.contract.service import InfoResponse
from dashboard.navigation import OVERVIEW
from dashboard.overview.attention import draw_attention
from dashboard.overview.background_reading import Look
from dashboard.overview.events import draw_events
from dashboard.overview.figure import draw_figures
from dashboard.overview.figures import figures_of
from dashboard.overview.monitoring import (
    draw_drift_summary,
    draw_error_summary,
    drift_the_day_before,
    error_the_day_before,
    look_at_drift,
    look_at_error,
    look_at_records,
)
from dashboard.overview.predictions import draw_predictions
from dashboard.overview.processes import draw_processes
from dashboard.overview.reading import OverviewReading, read_overview
from dashboard.overview.record_store import draw_record_store
from dashboard.overview.traffic_panel import choose_scope, chosen_scope, draw_traffic
from dashboard.shared.service import asking_service, housing_client
from dashboard.timeline.time_range import chosen_range
from dashboard.wording.moment import moment
from dashboard.wording.value import escaped, unrounded, written

LABELS = {"test_rmse": "Test RMSE", "test_mae": "Test MAE", "test_r2_score": "Test R²"}


def draw_overview() -> None:
    """Read everything, then draw it: a failed call leaves one sentence in its place.

    Drift and error are read separately, and go on when the rest fails.
    """
    reading: OverviewReading | None = None
    # Looked at once: an answer that comes in between would be in one part of the page and not in the other.
    drift, error, records = look_at_drift(), look_at_error(), look_at_records()
    with asking_service():
        reading = read_overview(housing_client(), chosen_scope(), chosen_range(OVERVIEW.usual))
        draw_health(reading)
        draw_attention(reading.alerts)
        draw_figures(
            figures_of(
                reading,
                (drift.found, drift_the_day_before()),
                (error.found, error_the_day_before()),
                records.found,
            )
        )
    drift_side, error_side = st.columns(2, gap="large")
    with drift_side:
        draw_drift_summary(drift)
    with error_side:
        draw_error_summary(error)
    if reading is not None:
        _draw_service(reading, records)
    draw_events()
    if reading is not None and reading.predictions:
        draw_predictions(reading.predictions)


def _draw_service(reading: OverviewReading, records: Look[DatabaseStatistics]) -> None:
    traffic_side, facts_side = st.columns([13, 7], gap="large")
    with traffic_side:
        choose_scope()
        draw_traffic(reading.traffic, chosen_scope(), chosen_range(OVERVIEW.usual))
    with facts_side:
        if reading.info is not None:
            draw_served_model(reading.info)
        draw_record_store(records)


def draw_health(reading: OverviewReading) -> None:
    """Draw what is wrong with the service; that it is up says the header."""
    health = reading.health
    if health.status != "healthy":
        st.error(health.message, icon=":material/error:")
    elif health.refused_reason is not None:
        st.warning(f"{health.message} {health.refused_reason}", icon=":material/warning:")
    draw_processes(health.processes or [])
    for alarm in health.alarms:
        st.warning(alarm, icon=":material/warning:")


def draw_served_model(info: InfoResponse) -> None:
    """Draw the current model as a short list."""
    st.header("Current model", anchor=False)
    st.table(model_facts(info), border="horizontal", alt="The current model and its test figures")


def model_facts(info: InfoResponse) -> dict[str, str]:
    """Return name and value of everything shown, as Markdown."""
    facts = {
        "Type": info.model_type,
        "Version": f"`{info.model_version}`",
        "Trained": moment(info.trained_at),
    }
    return facts | {
        label: text for name, label in LABELS.items() if (text := _figure(info.metrics, name))
    }


def _figure(metrics: dict[str, float], name: str) -> str | None:
    value = metrics.get(name)
    if value is None:
        return None
    if name == "test_r2_score":
        return f"{value:.3f}"
    return escaped(written(value) + _in_target_unit(value))


def _in_target_unit(value: float) -> str:
    return "" if DISPLAY.factor == 1 else f" :gray[({unrounded(value)})]"
