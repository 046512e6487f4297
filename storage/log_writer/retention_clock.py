"""The time against which retention measures age: a clock that is far ahead must not empty the database.

Two clocks are compared: the wall clock, and the running time of this machine, which nobody can set. The
believed time is stored in the database and moves with the running time, and faster towards the wall clock if
that is ahead. While it is more than ``TOLERANCE`` ahead, nothing is removed by age. So a service that was
switched off for 40 days removes what is old 40 hours after its start; a clock that was set two years ahead
removes nothing until it is put right, or a person says that it is right (``--believe-clock``).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from storage.database.connection import Database
from storage.schema.tables import retention_clock

TOLERANCE = timedelta(days=1)
CATCH_UP = 24
"""One hour of running makes up for a day that the machine was off."""
LONGEST_CATCH_UP = timedelta(days=90)
"""The believed time does not catch up with a clock that is further ahead: a person must confirm it."""
RETENTION = "retention"


def running_seconds() -> float:
    """Return the seconds since this machine started, sleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True)
class BelievedTime:
    """The believed time beside the wall clock."""

    believed: datetime
    now: datetime

    @classmethod
    def after(cls, believed: datetime, ran: timedelta, now: datetime) -> "BelievedTime":
        """Return the believed time after running for ``ran``; a clock put back is believed at once.

        Examples
        --------
        >>> noon, hour, day = datetime(2026, 1, 1, 12), timedelta(hours=1), timedelta(days=1)
        >>> BelievedTime.after(noon, hour, noon + hour).is_plausible
        True
        >>> off_for_40_days = BelievedTime.after(noon, hour, noon + 40 * day)
        >>> off_for_40_days.is_plausible, off_for_40_days.ahead.days
        (False, 38)
        >>> BelievedTime.after(noon, 39 * hour, noon + 40 * day).is_plausible
        True
        >>> BelievedTime.after(noon, 365 * day, noon + 730 * day).is_plausible
        False
        """
        rate = 1 if now - believed - ran > LONGEST_CATCH_UP else 1 + CATCH_UP
        return cls(min(now, believed + rate * ran), now)

    @property
    def ahead(self) -> timedelta:
        """How far the wall clock is ahead."""
        return self.now - self.believed

    @property
    def is_plausible(self) -> bool:
        """Whether records may be removed by their age."""
        return self.ahead <= TOLERANCE

    @property
    def problem(self) -> str | None:
        """Why nothing is removed by age, and what ends that, in words; None if all is well."""
        if self.is_plausible:
            return None
        hours = (self.ahead - TOLERANCE) / timedelta(hours=CATCH_UP)
        patience = (
            f"in {hours:.0f} hours this ends by itself"
            if self.ahead <= LONGEST_CATCH_UP
            else "this does not end by itself"
        )
        return (
            f"No records are removed by age: the clock says {self.now:%Y-%m-%d %H:%M} UTC, which is "
            f"{self.ahead.days} days ahead of the time the log-writer has seen pass. Set it right, or, if it "
            f"is right, run `python -m storage.log_writer --believe-clock`; {patience}."
        )


class RetentionClock:
    """Keeps the believed time in the database; for the one log-writer.

    Parameters
    ----------
    running
        Returns seconds of running time from any moment on.
    """

    def __init__(self, database: Database, running: Callable[[], float] = running_seconds) -> None:
        self._database = database
        self._running = running
        self._seen: float | None = None

    def judge(self, now: datetime) -> BelievedTime:
        """Move the believed time on, and return it; an empty database begins with ``now``.

        Raises
        ------
        DatabaseUnavailable
            If the database cannot be written now.
        """
        running = self._running()
        ran = timedelta(seconds=running - self._seen if self._seen is not None else 0.0)
        with self._database.transaction() as connection:
            stored = connection.execute(sa.select(retention_clock.c.believed)).scalar()
            judged = BelievedTime.after(now if stored is None else stored, ran, now)
            believe(connection, judged.believed)
        self._seen = running
        return judged


def believe(connection: sa.Connection, moment: datetime) -> None:
    """Store the believed time."""
    values = {"believed": moment.astimezone(UTC)}
    if connection.execute(sa.update(retention_clock).values(values)).rowcount == 0:
        connection.execute(sa.insert(retention_clock).values(clock=RETENTION, **values))
