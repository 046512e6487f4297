"""Events: checks, alerts, requests, retrainings, promotions, changes; the newest first."""

import streamlit as st

from backend.contract.monitoring import HistoryQuery
from dashboard.shared.event import event_cells, event_columns
from dashboard.shared.foreign_text import harmless
from dashboard.shared.service import asking_quietly, housing_client

LAST_EVENTS = 8


def draw_events() -> None:
    """Draw the last events as a table, or say that there are none yet."""
    st.subheader("Events", anchor=False)
    with asking_quietly("Events"):
        events = housing_client().history(HistoryQuery(limit=LAST_EVENTS)).events
        if not events:
            st.caption(
                "No events yet. Checks, alerts, retrainings, promotions and configuration changes "
                "will appear here."
            )
            return
        st.dataframe(
            harmless(event_cells(event) for event in events),
            key="overview_events",
            height="content",
            hide_index=True,
            column_config=event_columns(),
            placeholder="–",
            alt="The last events, newest first",
        )
