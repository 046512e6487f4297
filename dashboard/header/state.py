"""Whether the service is up, which model serves, which time is shown: it goes on by itself."""

from datetime import datetime, timedelta

import streamlit as st

from backend.client import ClientError
from backend.contract.service import HealthResponse
from dashboard.shared.refresh import refresh_seconds
from dashboard.shared.service import housing_client, is_starting
from dashboard.timeline.time_range import chosen_range
from dashboard.wording.moment import clock, period
from dashboard.wording.version_words import short_version


def draw_state(usual: timedelta | None) -> None:
    """Draw the state; ``usual`` is the page's usual range, None of a page without one."""

    def draw() -> None:
        try:
            health = housing_client().health()
        except ClientError as error:
            st.markdown(_away(starting=is_starting(error)))
        else:
            st.markdown(f"{_badge(health)} {_model(health)} {_time(health.timestamp, usual)}")

    st.fragment(draw, run_every=refresh_seconds())()


def _away(*, starting: bool) -> str:
    if starting:
        return ":orange-badge[:material/hourglass_top: Starting]"
    return ":red-badge[:material/cloud_off: Down]"


def _badge(health: HealthResponse) -> str:
    if health.status != "healthy":
        return ":red-badge[:material/error: Not able to predict]"
    if health.refused_reason is not None or health.alarms:
        return ":orange-badge[:material/warning: Up, with a problem]"
    return ":green-badge[:material/check_circle: Up]"


def _model(health: HealthResponse) -> str:
    if health.model_version is None:
        return ""
    return f":small[Model `{short_version(health.model_version)}`]"


def _time(now: datetime, usual: timedelta | None) -> str:
    if usual is None:
        return f":small[:gray[As of {clock(now)}]]"
    shown = chosen_range(usual)
    read = "now" if shown.until is None else f"as of {clock(now)}"
    return f":small[:gray[{period(*shown.bounds(now))}, {read}]]"
