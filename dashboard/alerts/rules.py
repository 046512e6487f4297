"""The rules of alerts, with what is measured for each now."""

import streamlit as st

from dashboard.alerts.words import rule_cells
from dashboard.navigation import CONFIGURATION
from dashboard.shared.foreign_text import harmless
from dashboard.shared.service import asking_quietly, housing_client


def draw_rules() -> None:
    """Draw each rule as a row; for a fragment."""
    st.header("Rules", anchor=False)
    with asking_quietly("Rules"):
        found = housing_client().alert_rules()
        config = st.column_config
        st.dataframe(
            harmless(rule_cells(rule) for rule in found.rules),
            key="alerts_rules",
            height="content",
            hide_index=True,
            column_config={
                "title": config.TextColumn("Alert", width=260),
                "now": config.TextColumn("Now", width=130),
                "why": config.TextColumn("Measured", width=460),
                "hold": config.TextColumn("Must hold", width=100),
                "severity": config.TextColumn("Severity", width=90),
            },
            alt="The rules of alerts and what is measured for each",
        )
        st.caption(
            f"An end must hold for {found.clear_minutes:g} min. {_repeated(found.repeat_hours)}"
        )
        CONFIGURATION.link("Thresholds and times")


def _repeated(hours: float) -> str:
    if not hours:
        return "An alert that goes on is not sent again."
    return (
        f"An alert that goes on is sent again after {hours:g} h, unless a person acknowledged it."
    )
