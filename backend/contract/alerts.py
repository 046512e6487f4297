"""Alerts: what is wrong now and was lately, by which rules, and what a person does about it."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from backend.contract.base import Described, Moment, Reason, Request, Success
from backend.contract.feedback import LONGEST_NAME
from storage.schema.alerts import AlertState, RuleName, Severity
from storage.schema.alerts import Note as Note

Person = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=r"\S")]
"""The name of a person."""


class AlertRow(Described):
    """One alert: a rule's condition from its beginning to its end."""

    alert_id: str = Field(description="Id of the alert.")
    rule: RuleName = Field(description="Rule that raised it.")
    title: str = Field(description="What is wrong, in a few words.")
    severity: Severity = Field(description="How bad it is.")
    state: AlertState = Field(description="Its state now.")
    why: str = Field(description="The figures behind it, in a sentence.")
    since: AwareDatetime = Field(description="When the condition began.")
    age_seconds: float = Field(description="Time from then to its end, or to now.")
    fired_at: AwareDatetime = Field(description="When the condition had held for its time.")
    told_at: AwareDatetime | None = Field(description="When a message last had it.")
    resolved_at: AwareDatetime | None = Field(description="When it ended.")
    acknowledged_at: AwareDatetime | None = Field(description="When a person acknowledged it.")
    acknowledged_by: str | None = Field(description="Name of that person.")
    owner: str | None = Field(description="Name of the person who takes care of it.")
    silenced_until: AwareDatetime | None = Field(description="Until when nothing is sent about it.")
    notes: list[Note] = Field(description="What people wrote about it, oldest first.")


class AlertRoute(Described):
    """How sending on one route goes; its address is a secret and not shown."""

    route: str = Field(description="Name of the route: its kind and number.")
    sent: int = Field(description="Messages sent.")
    failed: int = Field(description="Attempts that failed.")
    waiting: int = Field(description="Messages that wait.")
    problem: str | None = Field(description="Why the last attempt failed; null if it did not.")
    sent_at: AwareDatetime | None = Field(description="When a message was last sent.")
    next_at: AwareDatetime | None = Field(
        description="When a failing route is tried again; null if it works."
    )


class AlertsResponse(Success):
    """GET /alerts"""

    firing: list[AlertRow] = Field(description="What is wrong now, the latest first.")
    recent: list[AlertRow] = Field(description="What ended lately, the latest first; at most 200.")
    routes: list[AlertRoute] = Field(description="Where messages go.")
    evaluated_at: AwareDatetime | None = Field(
        description="When the monitor last judged the rules; null if it never did."
    )


class RuleReading(Described):
    """One rule with what was measured for it."""

    rule: RuleName = Field(description="Name of the rule.")
    title: str = Field(description="What is wrong when it fires.")
    severity: Severity = Field(description="How bad that is.")
    enabled: bool = Field(description="Whether the monitoring configuration has it on.")
    value: float | None = Field(description="Measured value; null if it is not known now.")
    threshold: float | None = Field(
        description="Value from which on it is bad; null where a check has its own."
    )
    unit: str = Field(description="Unit of both; empty if they have none.")
    hold_minutes: float = Field(description="How long it must be bad to raise an alert.")
    bad: bool | None = Field(description="Whether it is bad now; null if that is not known.")
    why: str = Field(description="The same in a sentence.")


class AlertRulesResponse(Success):
    """GET /alerts/rules"""

    rules: list[RuleReading] = Field(description="Each rule with what was measured now.")
    outage_minutes: float = Field(description="How long the service may be unhealthy; 0: forever.")
    clear_minutes: float = Field(description="How long an end must hold.")
    repeat_hours: float = Field(description="Pause until an alert is sent again; 0: never.")


class AlertAct(Request):
    """What a person does about an alert, and why; audited."""

    person: Person = Field(description="Name of the person.")
    reason: Reason = Field(description="Why.")


class AcknowledgeRequest(AlertAct):
    """POST /alerts/<alert_id>/acknowledge: no more repetitions; its end is still told."""

    owner: Person | None = Field(
        None, description="Name of the person who takes care of it; by default the same person."
    )


class SilenceRequest(AlertAct):
    """POST /alerts/<alert_id>/silence: nothing is sent about its rule for a time."""

    until: Moment | None = Field(
        description="Until when nothing is sent, at most 90 days ahead; null ends a silence."
    )


class NoteRequest(Request):
    """POST /alerts/<alert_id>/note"""

    person: Person = Field(description="Name of the person.")
    note: Reason = Field(description="What others should know about the alert.")


class AlertResponse(Success):
    """The answer to a change of one alert."""

    alert: AlertRow = Field(description="The alert after the change.")


class TriedRoute(Described):
    """The result of a test message on one route."""

    route: str = Field(description="Name of the route.")
    delivered: bool | None = Field(
        description="Whether it took the message; null if that is not known yet."
    )
    problem: str | None = Field(description="Why it did not.")


class RoutesTestResponse(Success):
    """POST /alerts/routes/test"""

    routes: list[TriedRoute] = Field(description="The result on each route.")
