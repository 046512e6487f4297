"""Alerts in words that several pages use: how bad one is, and whether somebody watches at all."""

from datetime import datetime, timedelta

from backend.contract.alerts import AlertRow, AlertsResponse
from dashboard.wording.moment import lasting

QUIET_SECONDS = 300.0
"""Time without a judgement of the monitor after which nothing is said to be well."""
BADGES = {
    "critical": ":red-badge[:material/error: Critical]",
    "warning": ":orange-badge[:material/warning: Warning]",
    "acknowledged": ":blue-badge[:material/person: Acknowledged]",
    "silenced": ":gray-badge[:material/notifications_off: Silenced]",
}


def badges(alert: AlertRow) -> str:
    """Return severity and state, as coloured words."""
    return " ".join(BADGES[word] for word in (alert.severity, alert.state) if word in BADGES)


def watch_problem(found: AlertsResponse, now: datetime) -> str | None:
    """Say why silence means nothing now; None if the monitor watches."""
    if found.evaluated_at is None:
        return "The monitor has not judged anything yet, so nobody would be told of anything."
    age = now - found.evaluated_at
    if age < timedelta(seconds=QUIET_SECONDS):
        return None
    return (
        f"The monitor last judged {lasting(age.total_seconds())} ago; start it, because nobody is told of "
        "anything meanwhile."
    )
