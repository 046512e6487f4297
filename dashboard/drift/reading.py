"""What the Drift page has read: one window, compared once, until the operator refreshes."""

from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from backend.client import HousingClient
from backend.contract.drift.analysis import ColumnName, DriftQuery, DriftWindowResponse
from backend.contract.drift.refused import RefusedQuery, RefusedResponse
from backend.contract.query.sources import CUSTOMERS, Source
from backend.contract.query.where import Condition
from dashboard.drift.reference import TRAINING, ReferenceChoice
from dashboard.timeline.time_range import TimeRange

KEPT = "drift_reading"
OPENED = "drift_opened"
"""Session state: the opened column; absent: the first of the ranking."""


@dataclass(frozen=True)
class DriftChoice:
    """A range of time, whose predictions of it, which of them, and with what they are compared."""

    range: TimeRange
    sources: tuple[Source, ...] = CUSTOMERS
    zone: str = "UTC"
    reference: ReferenceChoice = TRAINING
    where: tuple[Condition, ...] = ()


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
    until = last.found.until if last is not None and last.choice == choice else choice.range.until
    asked = {"window": choice.range.length, "sources": choice.sources}
    if choice.reference.kind == "before" and until is None:
        until = datetime.now(UTC)
    shown = TimeRange(choice.range.length, until)
    ends = choice.reference.ends(shown, until or datetime.now(UTC))
    query = DriftQuery(
        **asked,
        until=until,
        feature=opened,
        zone=choice.zone,
        where=choice.where or None,
        reference_others=choice.reference.kind == "others",
        **ends,
    )
    found = client.drift(query)
    refused = client.refused_inputs(RefusedQuery(**asked, until=found.until))
    reading = DriftReading(choice, opened, found, refused)
    st.session_state[KEPT] = reading
    return reading
