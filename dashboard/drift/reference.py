"""With what the page compares: training, the period before the shown one, another, or all other rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import streamlit as st

from backend.contract.drift.reference import LONGEST_REFERENCE
from dashboard.timeline.time_range import InvalidRange, TimeRange, range_of
from dashboard.wording.zone import shown_zone, zone_name

KEY, BEGIN, END = "drift_reference", "drift_reference_from", "drift_reference_to"
"""Of the choice and of both times, in the session and in the address."""
Kind = Literal["training", "before", "period", "others"]
CHOICES: Mapping[str, Kind] = {
    "Training data": "training",
    "Period before": "before",
    "Another period": "period",
    "All other predictions": "others",
}
CHOICE_PIXELS, TIME_PIXELS = 190, 200
HELP = (
    "*Period before* is the equally long one that ended where the shown one begins. With a segment, its "
    "rows are compared with its own rows then, or with all others of the same period. Alarms and retraining "
    "follow from the comparisons of all rows with training and with your usual traffic alone."
)


@dataclass(frozen=True)
class ReferenceChoice:
    """What was chosen; with ``kind`` period, its two ends, or None while they are not written."""

    kind: Kind = "training"
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_complete(self) -> bool:
        """Whether it can be compared with."""
        return self.kind != "period" or self.until is not None

    def ends(self, shown: TimeRange, now: datetime) -> dict[str, datetime]:
        """Return the parameters of the question, for a shown range that may end now.

        >>> from datetime import timedelta
        >>> noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
        >>> found = ReferenceChoice("before").ends(TimeRange(timedelta(hours=1)), noon)
        >>> [f"{each:%H:%M}" for each in found.values()]
        ['10:00', '11:00']
        >>> ReferenceChoice().ends(TimeRange(timedelta(hours=1)), noon)
        {}
        """
        since, until = self.since, self.until
        if self.kind == "before":
            since, until = shown.before(now).bounds(now)
        if since is None or until is None:
            return {}
        return {"reference_since": since, "reference_until": until}


TRAINING = ReferenceChoice()


def choose_reference() -> ReferenceChoice:
    """Let the operator choose, and write both times of another period."""
    with st.container(width=CHOICE_PIXELS):
        chosen = st.selectbox(
            "Compared with", list(CHOICES), key=KEY, help=HELP, bind="query-params"
        )
    kind = CHOICES[chosen]
    return _written() if kind == "period" else ReferenceChoice(kind)


def _written() -> ReferenceChoice:
    for key, label, example in (
        (BEGIN, "From", "2026-11-30 14:00"),
        (END, "To", "2026-11-30 15:00"),
    ):
        with st.container(width=TIME_PIXELS):
            st.text_input(
                f"{label}, {zone_name()}", key=key, bind="query-params", placeholder=example
            )
    begin, end = (str(st.session_state.get(key) or "") for key in (BEGIN, END))
    try:
        return period_choice(begin, end)
    except InvalidRange as problem:
        st.warning(str(problem))
        return ReferenceChoice("period")


def period_choice(begin: str, end: str) -> ReferenceChoice:
    """Return the period between two written times.

    Raises
    ------
    InvalidRange
        If there is none.

    Examples
    --------
    >>> found = period_choice("2026-11-01", "2026-11-02 06:00")
    >>> str(found.since), str(found.until)
    ('2026-11-01 00:00:00+00:00', '2026-11-02 06:00:00+00:00')
    """
    if not begin.strip() or not end.strip():
        raise InvalidRange("Write both times of the period to compare with.")
    found = range_of(begin, end, shown_zone(), datetime.now(UTC))
    if found.length > LONGEST_REFERENCE:
        raise InvalidRange(f"The period may be {LONGEST_REFERENCE.days} days long at most.")
    since, until = found.bounds(datetime.now(UTC))
    return ReferenceChoice("period", since, until)
