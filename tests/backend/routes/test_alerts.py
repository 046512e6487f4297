"""/alerts: what fires, what is measured, and what a person does about it, audited."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.alerts.courier import Courier
from backend.alerts.machine import step, with_routes
from backend.alerts.store import AlertStore
from backend.contract.alerts import AlertResponse, AlertRulesResponse, AlertsResponse, RuleReading
from backend.routes import alerts as routes
from storage.domain.inputs import EXAMPLE
from storage.retraining.queue import RetrainQueue
from storage.schema.records import EventRecord, utc_now
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.backend.alerts.test_courier import Kept
from tests.backend.alerts.test_machine import reading
from tests.storage import records
from tests.system import bearer

ACT = {"person": "Ada Lovelace", "reason": "I am looking at it"}


@pytest.fixture
def store(service_settings: Settings) -> AlertStore:
    """The alerts of the service; latency fires since an hour."""
    store = AlertStore(service_settings.paths)
    since = utc_now() - timedelta(hours=1)
    store.change(lambda book: step(with_routes(book, ["mailto 1"]), [reading(True, hold=0)], since))
    return store


def fires(http: FlaskClient) -> AlertsResponse:
    return AlertsResponse.model_validate(http.get("/alerts").json)


def act(http: FlaskClient, path: str, key: str = "operate", **body: Any) -> AlertResponse:
    alert_id = fires(http).firing[0].alert_id
    answer = http.post(f"/alerts/{alert_id}/{path}", json=body, headers=bearer(key))
    assert answer.status_code == 200, answer.json
    return AlertResponse.model_validate(answer.json)


def test_it_is_shown_with_age_and_route(http: FlaskClient, store: AlertStore) -> None:
    body = fires(http)
    (alert,) = body.firing
    assert (alert.rule, alert.state, alert.owner) == ("latency", "firing", None)
    assert alert.age_seconds == pytest.approx(3600, abs=60)
    assert [(route.route, route.waiting, route.problem) for route in body.routes] == [
        ("mailto 1", 1, None)
    ]
    exposed = http.get("/metrics").text
    assert 'alerts_firing{severity="warning"} 1.0' in exposed
    assert 'alerts_messages_waiting{route="mailto 1"} 1.0' in exposed


def test_a_person_acknowledges_silences_and_notes(http: FlaskClient, store: AlertStore) -> None:
    taken = act(http, "acknowledge", **ACT, owner="Grace Hopper").alert
    assert (taken.state, taken.acknowledged_by, taken.owner) == (
        "acknowledged",
        "Ada Lovelace",
        "Grace Hopper",
    )
    until = (utc_now() + timedelta(hours=2)).isoformat()
    assert act(http, "silence", **ACT, until=until).alert.state == "silenced"
    assert act(http, "silence", **ACT, until=None).alert.state == "acknowledged"
    noted = act(http, "note", person="Ada Lovelace", note="A full disk.").alert
    assert [note.text for note in noted.notes] == ["A full disk."]
    audit = http.get("/audit", headers=bearer("operate")).get_json()["entries"]
    assert [entry["action"] for entry in audit] == [
        "note at alert",
        "silence of alert ended",
        "alert silenced",
        "alert acknowledged",
    ]
    assert audit[3]["subject"] == taken.alert_id
    assert audit[3]["reason"] == ACT["reason"]
    assert audit[3]["figures"] == {
        "person": "Ada Lovelace",
        "rule": "latency",
        "owner": "Grace Hopper",
        "silenced_until": None,
    }


@pytest.mark.parametrize(
    ("path", "key", "body", "status"),
    [
        ("none/acknowledge", "operate", ACT, 404),
        ("none/acknowledge", "see", ACT, 403),
        ("none/silence", "operate", ACT, 400),
        ("none/silence", "operate", ACT | {"until": "2020-01-01T00:00:00Z"}, 404),
        ("none/note", "operate", {"person": " ", "note": "x"}, 400),
        ("routes/test", "operate", ACT, 403),
        ("routes/test", "administer", ACT, 409),
    ],
)
def test_what_cannot_be_is_refused(
    http: FlaskClient, path: str, key: str, body: dict[str, str], status: int
) -> None:
    answer = http.post(f"/alerts/{path}", json=body, headers=bearer(key))
    assert answer.status_code == status, answer.json
    assert http.get("/audit", headers=bearer("operate")).get_json()["total"] <= (status == 403)


def test_a_test_of_the_routes_says_which_took_it(
    http: FlaskClient, service_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = AlertStore(service_settings.paths)
    courier = Courier(store, {"mailto 1": Kept(), "webhook": Kept("No answer in 10 s.")})
    courier.start()
    try:
        answer = http.post("/alerts/routes/test", json=ACT, headers=bearer("administer"))
    finally:
        courier.stop()
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["routes"] == [
        {"route": "mailto 1", "delivered": True, "problem": None},
        {"route": "webhook", "delivered": False, "problem": "No answer in 10 s."},
    ]
    monkeypatch.setattr(routes, "TEST_SECONDS", 0.0)  # and now no monitor runs
    late = http.post("/alerts/routes/test", json=ACT, headers=bearer("administer"))
    assert late.json is not None
    assert {route["delivered"] for route in late.json["routes"]} == {None}


def test_rules_are_measured_from_what_is_recorded(
    http: FlaskClient, service_settings: Settings, store_records: Callable[[], None]
) -> None:
    spool = Spool(service_settings.paths.spool, 1_000_000)
    http.post("/predict", json=EXAMPLE)
    spool.append([records.request(status=503 if number < 6 else 200) for number in range(30)])
    figures = {"drift_alarm": True, "drift_share": 0.5, "realized_degraded": None}
    spool.append([EventRecord(event_kind="check", actor="x", summary="x", figures=figures)])
    store_records()
    trigger = RetrainQueue(service_settings.paths.triggers)
    trigger.submit("a test", "operator")
    claim = trigger.claim()
    assert claim is not None
    claim.finish({"error": "The disk is full."}, succeeded=False)
    found = {rule.rule: rule for rule in rules(http)}
    bad = {name: rule.bad for name, rule in found.items()}
    assert bad == {
        "outage": None,  # only seen from outside
        "error_rate": True,
        "latency": False,
        "no_traffic": False,
        "spool_backlog": False,
        "drift": True,
        "realized_error": None,
        "estimated_error": None,
        "coverage": None,
        "retraining_failed": True,
        "label_delay": False,
    }
    assert found["error_rate"].value == pytest.approx(6 / 31)
    assert found["error_rate"].why == (
        "19.4% of 31 requests in the last 15 min failed; the limit is 5.0%."
    )
    assert found["drift"].why == "50.0% of the inputs have drifted."
    assert "The disk is full." in found["retraining_failed"].why
    spool.close()


def test_without_a_database_the_rest_is_measured(http: FlaskClient) -> None:
    bad = {rule.rule: rule.bad for rule in rules(http)}
    assert (bad["error_rate"], bad["drift"], bad["label_delay"]) == (None, None, None)
    assert (bad["spool_backlog"], bad["retraining_failed"]) == (False, False)


def rules(http: FlaskClient) -> list[RuleReading]:
    return AlertRulesResponse.model_validate(http.get("/alerts/rules").json).rules
