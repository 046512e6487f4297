"""The part of the client that reads alerts and does something about them."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from backend.contract.alert_trial import AlertTrialRequest, AlertTrialResponse
from backend.contract.alerts import (
    AcknowledgeRequest,
    AlertAct,
    AlertResponse,
    AlertRulesResponse,
    AlertsResponse,
    NoteRequest,
    RoutesTestResponse,
    SilenceRequest,
)
from backend.key_client import KeyClient

TEST_SECONDS = 30.0
"""A test of the routes waits for each of them."""


DRIFT_SECONDS = 60.0
"""A trial of the thresholds of drift judges some dozens of windows."""


class AlertClient(KeyClient):
    """The calls about alerts, over a connection to a service."""

    def alerts(self) -> AlertsResponse:
        """Return what is wrong now, what ended lately, and where messages about it go."""
        return self._get(AlertsResponse, "/alerts")

    def try_alerts(self, values: Mapping[str, float], *, drift: bool = False) -> AlertTrialResponse:
        """Return what values of the configuration would have done in the last 30 days.

        With ``drift``, that of the thresholds of drift too, which takes seconds.
        """
        path = "/alerts/trial?drift=true" if drift else "/alerts/trial"
        body = AlertTrialRequest(dict(values))
        return self._post(AlertTrialResponse, path, body, at_least_seconds=DRIFT_SECONDS)

    def alert_rules(self) -> AlertRulesResponse:
        """Return each rule of alerts with its threshold and what is measured now."""
        return self._get(AlertRulesResponse, "/alerts/rules")

    def acknowledge_alert(
        self, alert_id: str, person: str, reason: str, owner: str | None = None
    ) -> AlertResponse:
        """Take note of an alert, so that it is not repeated; needs an operator's key."""
        body = AcknowledgeRequest(person=person, reason=reason, owner=owner)
        return self._post(AlertResponse, f"{_path(alert_id)}/acknowledge", body)

    def silence_alert(
        self, alert_id: str, person: str, reason: str, until: datetime | None
    ) -> AlertResponse:
        """Send nothing about an alert's rule until a time, None: end that; needs an operator's key."""
        body = SilenceRequest(person=person, reason=reason, until=until)
        return self._post(AlertResponse, f"{_path(alert_id)}/silence", body)

    def note_alert(self, alert_id: str, person: str, note: str) -> AlertResponse:
        """Write a note at an alert; needs an operator's key."""
        body = NoteRequest(person=person, note=note)
        return self._post(AlertResponse, f"{_path(alert_id)}/note", body)

    def test_alert_routes(self, person: str, reason: str) -> RoutesTestResponse:
        """Send a test message on every route and return which took it; needs an admin key."""
        body = AlertAct(person=person, reason=reason)
        path = "/alerts/routes/test"
        return self._post(RoutesTestResponse, path, body, at_least_seconds=TEST_SECONDS)


def _path(alert_id: str) -> str:
    return f"/alerts/{quote(alert_id, safe='')}"
