"""What needs attention: the alerts that fire, each with since when, why, and the page to act on."""

from collections.abc import Mapping
from datetime import UTC, datetime

import streamlit as st

from backend.contract.alerts import AlertRow, AlertsResponse
from dashboard.navigation import (
    ALERTS,
    DRIFT,
    LATENCY,
    LOGS,
    PERFORMANCE,
    RETRAIN,
    ConsolePage,
)
from dashboard.shared.alert import badges, watch_problem
from dashboard.wording.foreign import plain
from dashboard.wording.moment import as_of, lasting, moment

LOOK: Mapping[str, ConsolePage] = {
    "outage": LOGS,
    "error_rate": LATENCY,
    "latency": LATENCY,
    "no_traffic": LATENCY,
    "spool_backlog": LOGS,
    "drift": DRIFT,
    "realized_error": PERFORMANCE,
    "estimated_error": PERFORMANCE,
    "coverage": PERFORMANCE,
    "retraining_failed": RETRAIN,
    "label_delay": PERFORMANCE,
}
"""The page that shows what each rule is about."""


def draw_attention(found: AlertsResponse) -> None:
    """Draw what fires, the worst first; without any, that nothing does, and when that was judged."""
    now = datetime.now(UTC)
    problem = watch_problem(found, now)
    if problem is not None:
        st.markdown(f":orange[:material/visibility_off:] {problem}")
    elif not found.firing and found.evaluated_at is not None:
        st.markdown(
            ":green[:material/check_circle:] **Nothing needs attention** "
            f":small[:gray[{as_of(found.evaluated_at, now)}]]"
        )
    if not found.firing:
        return
    st.header("Needs attention", anchor=False)
    for alert in sorted(
        found.firing, key=lambda alert: (alert.severity != "critical", alert.since)
    ):
        _draw_alert(alert)


def _draw_alert(alert: AlertRow) -> None:
    page = LOOK[alert.rule]
    with st.container(
        border=True,
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key=f"overview_alert_{alert.alert_id}",
    ):
        st.markdown(
            f"{badges(alert)} **{plain(alert.title)}** "
            f":small[:gray[since {moment(alert.since)}, for {lasting(alert.age_seconds)}]]  \n"
            f"{plain(alert.why)}",
            width="content",
        )
        with st.container(horizontal=True, gap="small", width="content"):
            page.link()
            ALERTS.link("Take care")
