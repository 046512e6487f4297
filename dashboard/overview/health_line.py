"""Is it up: one line at the top of the Overview."""

import streamlit as st

from dashboard.overview.reading import OverviewReading
from dashboard.settings import dashboard_settings
from dashboard.shared.moment import clock


def draw_health(reading: OverviewReading) -> None:
    """Draw the state of the service and when it was looked at."""
    health = reading.health
    with st.container(key="overview_health"):
        st.markdown(f"{_badge(health.status)} :small[:gray[{_looked(reading)}]]")
    if health.status != "healthy":
        st.error(health.message, icon=":material/error:")
    elif health.refused_reason is not None:
        st.warning(f"{health.message} {health.refused_reason}", icon=":material/warning:")


def _badge(status: str) -> str:
    if status == "healthy":
        return ":green-badge[:material/check_circle: Up]"
    return ":red-badge[:material/error: No model]"


def _looked(reading: OverviewReading) -> str:
    return f"Looked at {clock(reading.read_at)}, every {dashboard_settings().refresh_seconds:g} s"
