"""What is wrong now, an alert in a frame each, and what ended lately."""

from datetime import UTC, datetime

import streamlit as st

from backend.contract.alerts import AlertRow, AlertsResponse
from dashboard.alerts.acts import offer_acts
from dashboard.alerts.trial import offer_trial
from dashboard.alerts.words import (
    facts,
    quoted,
    recent_cells,
    route_sentence,
)
from dashboard.shared.alert import badges, watch_problem
from dashboard.shared.foreign_text import harmless
from dashboard.shared.service import asking_service, housing_client
from dashboard.wording.moment import COLUMN_FORMAT, as_of, column_title
from dashboard.wording.value import escaped

HOW_TO = "HOUSING_ALERTS_ROUTES"


def draw_alerts() -> None:
    """Draw what the service keeps of alerts; for a fragment."""
    with asking_service():
        found = housing_client().alerts()
        _draw_firing(found)
        _draw_routes(found)
        _draw_recent(found)


def _draw_firing(found: AlertsResponse) -> None:
    now = datetime.now(UTC)
    problem = watch_problem(found, now)
    if problem is not None:
        st.warning(problem, icon=":material/visibility_off:")
    elif not found.firing and found.evaluated_at is not None:
        st.success(
            f"No alert fires, {as_of(found.evaluated_at, now)}.", icon=":material/check_circle:"
        )
    for alert in found.firing:
        _draw_alert(alert)


def _draw_alert(alert: AlertRow) -> None:
    with st.container(border=True, key=f"alerts_firing_{alert.alert_id}"):
        st.markdown(f"## {escaped(alert.title)}")
        st.markdown(badges(alert))
        st.markdown(escaped(alert.why))
        st.caption(facts(alert))
        for note in alert.notes:
            st.markdown(quoted(note))
        offer_acts(alert)


def _draw_routes(found: AlertsResponse) -> None:
    st.header("Routes", anchor=False)
    if not found.routes:
        st.markdown(
            f"Nobody is told outside of this console: set `{HOW_TO}` for the monitor, and start it again."
        )
    for route in found.routes:
        icon = ":material/error:" if route.problem is not None else ":material/send:"
        st.markdown(f"{icon} {route_sentence(route)}")
    if found.routes:
        offer_trial()


def _draw_recent(found: AlertsResponse) -> None:
    st.header("Ended", anchor=False)
    if not found.recent:
        st.markdown("No alert has ended yet.")
        return
    config = st.column_config
    st.dataframe(
        harmless(recent_cells(alert) for alert in found.recent),
        key="alerts_recent",
        hide_index=True,
        column_config={
            "resolved_at": config.DatetimeColumn(
                column_title("Ended"), format=COLUMN_FORMAT, width=150
            ),
            "title": config.TextColumn("Alert", width=260),
            "lasted": config.TextColumn("Lasted", width=110),
            "why": config.TextColumn("Last figures", width=380),
            "owner": config.TextColumn("Owner", width=110),
            "notes": config.TextColumn("Notes", width=260),
        },
        alt="Alerts that ended, the latest first",
    )
