"""Alerts as they are kept: what fires, what a person did about it, and the messages that still wait."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, Field

from storage.schema.records import Record, new_id

RuleName = Literal[
    "outage",
    "error_rate",
    "latency",
    "no_traffic",
    "spool_backlog",
    "drift",
    "realized_error",
    "estimated_error",
    "coverage",
    "retraining_failed",
    "label_delay",
]
"""The rules, in the order in which a message lists what fires."""
Severity = Literal["critical", "warning"]
AlertState = Literal["firing", "acknowledged", "silenced", "resolved"]

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=10)
MOST_DOUBLINGS = 10


class Note(Record):
    """What a person wrote about an alert."""

    at: AwareDatetime
    person: str
    text: str


class Alert(Record):
    """One rule's condition from its beginning to its end.

    ``since``: when the condition began; ``fired_at``: when it had held for its time; ``why``: its latest
    figures in words; ``told_at``: when a message last had it, None while it was silenced from the start.
    """

    alert_id: str = Field(default_factory=new_id)
    rule: RuleName
    title: str
    severity: Severity
    since: AwareDatetime
    fired_at: AwareDatetime
    why: str
    told_at: AwareDatetime | None = None
    resolved_at: AwareDatetime | None = None
    acknowledged_at: AwareDatetime | None = None
    acknowledged_by: str | None = None
    owner: str | None = None
    silenced_until: AwareDatetime | None = None
    notes: tuple[Note, ...] = ()

    def is_silenced(self, now: datetime) -> bool:
        """Whether nothing is sent about it for now."""
        return self.silenced_until is not None and now < self.silenced_until

    def state(self, now: datetime) -> AlertState:
        """Return the state that a person sees."""
        if self.resolved_at is not None:
            return "resolved"
        if self.is_silenced(now):
            return "silenced"
        return "firing" if self.acknowledged_at is None else "acknowledged"


class AlertMessage(Record):
    """One message: what fired, still fires and ended at one time. ``waiting``: the routes to be sent on.

    A message without alerts is a test of the routes. Receivers can tell a repetition after a crash by its id.
    """

    message_id: str = Field(default_factory=new_id)
    at: AwareDatetime
    fired: tuple[Alert, ...] = ()
    repeated: tuple[Alert, ...] = ()
    resolved: tuple[Alert, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def is_test(self) -> bool:
        """Whether it only tries the routes."""
        return not (self.fired or self.repeated or self.resolved)


class RouteState(Record):
    """How sending on one route goes: totals, and the failures in a row with the time of the next attempt.

    ``tested`` and ``tested_problem``: the last message that only tried it, and why it was not taken.
    """

    sent: int = 0
    failed: int = 0
    failures: int = 0
    next_at: AwareDatetime | None = None
    problem: str | None = None
    sent_at: AwareDatetime | None = None
    tested: str | None = None
    tested_problem: str | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether the pause after a failure is over."""
        return self.next_at is None or now >= self.next_at or self.next_at - now > LONGEST_PAUSE

    def after(self, problem: str | None, now: datetime) -> "RouteState":
        """Return the state after an attempt; the pause doubles with each failure in a row."""
        if problem is None:
            done = {"sent": self.sent + 1, "failures": 0, "next_at": None, "problem": None}
            return self.model_copy(update=done | {"sent_at": now})
        pause = min(FIRST_PAUSE * 2 ** min(self.failures, MOST_DOUBLINGS), LONGEST_PAUSE)
        failed = {"failed": self.failed + 1, "failures": self.failures + 1}
        return self.model_copy(update=failed | {"next_at": now + pause, "problem": problem})


class AlertTiming(Record):
    """How long the service may be unhealthy, an end must hold, and until a message is repeated; 0: never."""

    outage_minutes: float = 2.0
    clear_minutes: float = 5.0
    repeat_hours: float = 4.0


class AlertBook(Record):
    """Everything that is kept of alerts, in one file that is replaced whole.

    ``turning``: since when a rule's condition differs from its alert: holds without one, or has ended with
    one. ``dropped``: messages that were given up because too many waited.
    """

    evaluated_at: AwareDatetime | None = None
    timing: AlertTiming = AlertTiming()
    turning: dict[RuleName, AwareDatetime] = Field(default_factory=dict)
    firing: tuple[Alert, ...] = ()
    resolved: tuple[Alert, ...] = ()
    outbox: tuple[AlertMessage, ...] = ()
    routes: dict[str, RouteState] = Field(default_factory=dict)
    dropped: int = 0
