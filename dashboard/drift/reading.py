"""What the Drift page has read: one window, compared once, until the operator refreshes."""

from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from backend.client import HousingClient
from backend.contract.drift import ColumnName, DriftQuery, DriftWindowResponse
from backend.contract.query.sources import CUSTOMERS, Source
from backend.contract.refused import RefusedQuery, RefusedResponse
from dashboard.wording.moment import ZONE

KEPT = "drift_reading"
OPENED = "drift_opened"
"""Session state: the opened column; absent: the first of the ranking."""
WINDOWS = {
    "5 minutes": timedelta(minutes=5),
    "15 minutes": timedelta(minutes=15),
    "1 hour": timedelta(hours=1),
    "24 hours": timedelta(hours=24),
    "7 days": timedelta(days=7),
    "30 days": timedelta(days=30),
}
USUAL_WINDOW = "24 hours"


@dataclass(frozen=True)
class DriftChoice:
    """A window by its name, and whose predictions of it."""

    window_name: str
    sources: tuple[Source, ...] = CUSTOMERS

    @property
    def window(self) -> timedelta:
        """Its length."""
        return WINDOWS[self.window_name]


@dataclass(frozen=True)
class DriftReading:
    """One comparison: what was chosen, the column that was opened, and what was refused meanwhile."""

    choice: DriftChoice
    opened: ColumnName | None
    found: DriftWindowResponse
    refused: RefusedResponse

    def answers(self, choice: DriftChoice, opened: ColumnName | None) -> bool:
        """Return whether this is the wanted reading; without a wanted column, the first was opened."""
        shown = self.found.opened.name if self.found.opened is not None else self.opened
        return self.choice == choice and opened in (self.opened, shown)


def read_drift(
    client: HousingClient, choice: DriftChoice, opened: ColumnName | None
) -> DriftReading:
    """Compare the window, or return the comparison that was made already.

    Opening another column keeps the same window, so that the whole page shows one moment.

    Raises
    ------
    ClientError
        If the call fails.
    """
    last: DriftReading | None = st.session_state.get(KEPT)
    if last is not None and last.answers(choice, opened):
        return last
    until = last.found.until if last is not None and last.choice == choice else None
    asked = {"window": choice.window, "sources": choice.sources}
    found = client.drift(DriftQuery(**asked, until=until, feature=opened, zone=ZONE))
    refused = client.refused_inputs(RefusedQuery(**asked, until=found.until))
    reading = DriftReading(choice, opened, found, refused)
    st.session_state[KEPT] = reading
    return reading


def forget_reading() -> None:
    """Compare again when the page is drawn next."""
    st.session_state.pop(KEPT, None)
