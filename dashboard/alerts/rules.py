"""The rules of alerts, with what is measured for each now."""

import streamlit as st

from dashboard.alerts.words import rule_cells
from dashboard.navigation import CONFIGURATION
from dashboard.shared.service import asking_quietly, housing_client


def draw_rules() -> None:
    """Draw each rule as a row; for a fragment."""
    st.header("Rules", anchor=False)
    with asking_quietly("Rules"):
        found = housing_client().alert_rules()
        # A table of its own kind, whose sentences are wrapped: a grid would cut them.
        st.table(
            [rule_cells(rule) for rule in found.rules],
            border="horizontal",
            hide_index=True,
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
