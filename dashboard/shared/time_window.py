"""The choice of a time window, in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import streamlit as st

ANY_TIME = "Any time"
BETWEEN = "Custom range"
LAST = {
    "Last 15 minutes": timedelta(minutes=15),
    "Last hour": timedelta(hours=1),
    "Last 24 hours": timedelta(hours=24),
    "Last 7 days": timedelta(days=7),
}
CHOICES = (ANY_TIME, *LAST, BETWEEN)


@dataclass(frozen=True)
class TimeWindow:
    """The chosen period: one of the choices, or two times (None: open on that side)."""

    choice: str
    begin: datetime | None = None
    end: datetime | None = None

    def bounds(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """Return since (included) and until (not included), both aware or None.

        Examples
        --------
        >>> now = datetime(2026, 11, 23, 16, tzinfo=UTC)
        >>> TimeWindow("Last hour").bounds(now)
        (datetime.datetime(2026, 11, 23, 15, 0, tzinfo=datetime.timezone.utc), None)
        """
        if self.choice in LAST:
            return now - LAST[self.choice], None
        return _aware(self.begin), _aware(self.end)


def choose_window(name: str) -> TimeWindow:
    """Draw the choice; ``name`` is the prefix of its keys and of its parameters in the address."""
    choice = st.selectbox("Time", CHOICES, key=f"{name}_window", bind="query-params")
    if choice != BETWEEN:
        return TimeWindow(str(choice))
    begin = st.datetime_input("From, UTC", value=None, key=f"{name}_from", step=60)
    end = st.datetime_input("To, UTC", value=None, key=f"{name}_before", step=60)
    return TimeWindow(BETWEEN, begin, end)


def _aware(time: datetime | None) -> datetime | None:
    return None if time is None else time.replace(tzinfo=UTC)
