"""The range of time that a page shows: chosen in the header, kept from page to page and in the address."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import streamlit as st

from dashboard.wording.moment import lasting, step_words
from dashboard.wording.zone import shown_zone

RANGE, BEGIN, END = "range", "from", "to"
"""Keys of the header's choices, in the session and in the address."""
MOVED = "range_moved"
"""Session state: the range was chosen below the header, which does not show it yet."""
USUAL, OWN = "Usual", "Custom"
LENGTHS = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
SHORTEST = timedelta(seconds=10)


class InvalidRange(ValueError):
    """What was written is no range; the message says what to write."""


@dataclass(frozen=True)
class TimeRange:
    """A range that goes on until now or, with ``until``, ended then."""

    length: timedelta
    until: datetime | None = None

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Return its two ends."""
        end = self.until or now
        return end - self.length, end

    def wider(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the ends of a range twice as long around this one, up to now.

        >>> noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
        >>> [f"{end:%H:%M}" for end in TimeRange(timedelta(hours=1), noon).wider(noon)]
        ['10:00', '12:00']
        """
        end = min((self.until or now) + self.length / 2, now)
        return end - 2 * self.length, end

    def before(self, now: datetime) -> "TimeRange":
        """Return the range of the same length that ended where this one begins."""
        return TimeRange(self.length, self.bounds(now)[0])

    def words(self) -> str:
        """Name it in a sentence.

        Examples
        --------
        >>> TimeRange(timedelta(minutes=15)).words(), TimeRange(timedelta(days=1)).words()
        ('the last 15 minutes', 'the last 24 hours')
        """
        if self.until is not None:
            return "the chosen range"
        return f"the last {_length_words(self.length)}"


def chosen_range(usual: timedelta) -> TimeRange:
    """Return the chosen range, or the last ``usual`` while none is chosen, or what was written is none.

    Where it was chosen inside a block that is redrawn by itself, the whole page is redrawn first.
    """
    if st.session_state.pop(MOVED, False):
        st.rerun()
    name = st.session_state.get(RANGE, USUAL)
    if name == OWN:
        try:
            return written_range(datetime.now(UTC))
        except InvalidRange:
            pass  # the header says so
    return TimeRange(LENGTHS.get(str(name), usual))


def written_range(now: datetime) -> TimeRange:
    """Return the range that was written in the header.

    Raises
    ------
    InvalidRange
        If it is none.
    """
    begin, end = (str(st.session_state.get(key) or "") for key in (BEGIN, END))
    return range_of(begin, end, shown_zone(), now)


def range_of(begin: str, end: str, zone: tzinfo, now: datetime) -> TimeRange:
    """Return the range between two times as a person writes them; without an end it goes on until now.

    Raises
    ------
    InvalidRange
        If there is none.

    Examples
    --------
    >>> now = datetime(2026, 11, 30, 17, tzinfo=UTC)
    >>> found = range_of("2026-11-30 14:00", "2026-11-30 15:30:10", UTC, now)
    >>> str(found.length), str(found.until)
    ('1:30:10', '2026-11-30 15:30:10+00:00')
    """
    since, until = time_of(begin, zone), time_of(end, zone) if end.strip() else None
    if since >= now:
        raise InvalidRange("The range begins in the future.")
    length = (until or now) - since
    if length < SHORTEST:
        raise InvalidRange(
            f"The range has to end at least {lasting(SHORTEST.seconds)} after it begins."
        )
    return TimeRange(timedelta(seconds=round(length.total_seconds())), until)


def show_range(since: datetime, until: datetime) -> None:
    """Choose the range between two times; only in a callback, before the header is drawn."""
    st.session_state[RANGE] = OWN
    st.session_state[BEGIN], st.session_state[END] = (written_time(each) for each in (since, until))


def written_time(time: datetime) -> str:
    """Write a time as the header takes it."""
    return f"{time.astimezone(shown_zone()):%Y-%m-%d %H:%M:%S}"


def time_of(text: str, zone: tzinfo) -> datetime:
    """Return a time as a person writes it, in a zone unless it names its own.

    Raises
    ------
    InvalidRange
        If it is none.
    """
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidRange("Write times such as 2026-11-30 14:00.") from error
    return time.replace(tzinfo=time.tzinfo or zone).astimezone(UTC)


def _length_words(length: timedelta) -> str:
    """Write a length of the header, as it comes after "the last"."""
    if length == timedelta(hours=24):
        return "24 hours"
    return step_words(length)
