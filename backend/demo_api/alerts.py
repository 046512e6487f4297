"""Alerts; these steps change nothing in the service, and send nothing."""

from backend.contract.alert_trial import AlertTrialResponse
from backend.contract.alerts import AlertRulesResponse, AlertsResponse
from backend.demo_api.walk import Connection, Step, demand

NO_KEY = {"Authorization": None}
ACT = {"person": "Ada", "reason": "this must be refused"}


def alerts(connection: Connection) -> str:
    """GET /alerts"""
    answer = connection.get(AlertsResponse, "/alerts")
    demand(all(alert.resolved_at is None for alert in answer.firing), "one that fires is over")
    return f"{len(answer.firing)} firing, {len(answer.routes)} routes"


def rules(connection: Connection) -> str:
    """GET /alerts/rules"""
    answer = connection.get(AlertRulesResponse, "/alerts/rules")
    known = sum(rule.bad is not None for rule in answer.rules)
    demand(known > 0, "nothing is measured")
    return f"{len(answer.rules)} rules, {known} measured"


def trial(connection: Connection) -> str:
    """POST /alerts/trial"""
    answer = connection.post(AlertTrialResponse, "/alerts/trial", {"alert_error_share": 1.0})
    fired = sum(rule.alarms for rule in answer.rules)
    drift = connection.post(AlertTrialResponse, "/alerts/trial?drift=true", {"window_hours": 1.0})
    demand(drift.drift is not None, "drift was not judged")
    connection.refused("POST", "/alerts/trial", 400, {"alert_error_share": 2.0})
    return f"{fired} alerts of traffic in 30 days, over {answer.requests:,} requests"


def refuse_acknowledging(connection: Connection) -> str:
    """POST /alerts/<alert_id>/acknowledge of an unknown one, and without a key"""
    path = "/alerts/none/acknowledge"
    connection.refused("POST", path, 404, ACT)
    return connection.refused("POST", path, 401, ACT, headers=NO_KEY).error


def refuse_silencing(connection: Connection) -> str:
    """POST /alerts/<alert_id>/silence without a time"""
    return connection.refused("POST", "/alerts/none/silence", 400, ACT).error


def refuse_note(connection: Connection) -> str:
    """POST /alerts/<alert_id>/note without a person"""
    return connection.refused("POST", "/alerts/none/note", 400, {"note": "refused"}).error


def refuse_test(connection: Connection) -> str:
    """POST /alerts/routes/test without a key"""
    return connection.refused("POST", "/alerts/routes/test", 401, ACT, headers=NO_KEY).error


STEPS: tuple[Step, ...] = (
    Step("GET /alerts", "what is wrong?", alerts),
    Step("GET /alerts/rules", "when is one told?", rules),
    Step("POST /alerts/trial", "what would other limits have done?", trial),
    Step("POST /alerts/<alert_id>/acknowledge", "an unknown one", refuse_acknowledging),
    Step("POST /alerts/<alert_id>/silence", "without a time", refuse_silencing),
    Step("POST /alerts/<alert_id>/note", "without a person", refuse_note),
    Step("POST /alerts/routes/test", "without a key", refuse_test),
)
