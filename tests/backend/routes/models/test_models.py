"""Promotion and rollback over HTTP, and the audit of everything that changes state."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.contract.audit import AuditResponse, AuditRow
from backend.contract.models.registry import ChampionChangedResponse, ModelsResponse
from backend.contract.monitoring import HistoryResponse
from backend.services import EXTENSION, Services
from backend.web.authorization import state_changing_role
from backend.web.openapi import routes
from backend.web.request_audit import UNAUDITED_TEMPLATES
from storage.audit.trail import AuditTrail
from storage.domain.inputs import EXAMPLE
from storage.models.store import MODEL, ModelStore
from storage.settings import Settings
from tests.backend.web.test_errors import assert_problem
from tests.log_writing import Store, attach_actual_values, carried_out, change_configuration
from tests.system import bearer
from tests.versions import (
    champion_and_dearer,
    publish_dearer,
    publish_unloadable,
    spoil,
)

REASON = {"reason": "its errors have doubled"}
ADMIN = bearer("administer")


@pytest.fixture
def store(service_settings: Settings) -> ModelStore:
    return ModelStore(service_settings.paths)


@pytest.fixture
def versions(store: ModelStore) -> tuple[str, str]:
    """The champion, and a version that could be."""
    return champion_and_dearer(store)


@pytest.fixture
def services(app: Flask) -> Services:
    services: Services = app.extensions[EXTENSION]
    return services


def promote(http: FlaskClient, version: str, **body: Any) -> ChampionChangedResponse:
    answer = http.post(f"/models/{version}/promote", json=REASON | body, headers=ADMIN)
    return ChampionChangedResponse.model_validate(answer.json)


def roll_back(http: FlaskClient, **body: Any) -> ChampionChangedResponse:
    answer = http.post("/models/rollback", json=REASON | body, headers=ADMIN)
    return ChampionChangedResponse.model_validate(answer.json)


def audited(http: FlaskClient) -> list[AuditRow]:
    """Return the entries, oldest first, of an audit that holds."""
    body = AuditResponse.model_validate(http.get("/audit", headers=bearer("operate")).json)
    assert body.chain.holds
    assert body.total == len(body.entries) == body.chain.entries
    return body.entries[::-1]


@pytest.mark.parametrize("path", ["/models/dearer/promote", "/models/rollback"])
def test_only_an_admin_changes_the_champion(http: FlaskClient, path: str) -> None:
    assert_problem(http.post(path, json=REASON), 401)
    for key in ("see", "operate"):
        assert_problem(http.post(path, json=REASON, headers=bearer(key)), 403)
    assert audited(http) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": ""},
        {"reason": " \n"},
        {"reason": "x" * 501},
        {"reason": 5},
        {"reason": "x", "colour": "red"},
        {"reason": "x", "expected_champion": 7},
        {"reason": "x", "expected_champion": "v" * 101},
    ],
)
@pytest.mark.parametrize("path", ["/models/dearer/promote", "/models/rollback"])
def test_a_change_needs_a_reason(
    http: FlaskClient, store: ModelStore, path: str, body: dict[str, Any]
) -> None:
    before = store.champion_pointer()
    assert_problem(http.post(path, json=body, headers=ADMIN), 400)
    assert store.champion_pointer() == before


def test_a_promotion_and_its_rollback_are_served(
    http: FlaskClient, services: Services, versions: tuple[str, str]
) -> None:
    old, new = versions
    price = http.post("/predict", json=EXAMPLE).get_json()
    promoted = promote(http, new, expected_champion=old)
    assert (promoted.change, promoted.version, promoted.previous) == ("promotion", new, old)
    assert f"Version {new} is now the champion" in promoted.message
    assert services.host.refresh()  # what each worker does every second
    dearer = http.post("/predict", json=EXAMPLE).get_json()
    back = roll_back(http)
    assert (back.change, back.version, back.previous) == ("rollback", old, new)
    assert back.changed_at >= promoted.changed_at
    assert services.host.refresh()
    again = http.post("/predict", json=EXAMPLE).get_json()
    assert (dearer["model_version"], again["model_version"]) == (new, old)
    assert dearer["prediction"] > price["prediction"] == again["prediction"]
    listed = ModelsResponse.model_validate(http.get("/models").json)
    moved = (listed.champion, listed.previous, listed.changed_at, listed.moved_by)
    assert moved == (old, None, back.changed_at, "rollback")
    served = {one.version: one.is_rolled_back for one in listed.versions if one.has_served}
    assert served == {old: False, new: True}


def test_an_unknown_version_is_a_404(http: FlaskClient) -> None:
    for version in ("nowhere", "..%2f..", "½", "x" * 300):
        path = f"/models/{version}/promote"
        assert_problem(http.post(path, json=REASON, headers=ADMIN), 404)


def test_what_is_not_possible_now_is_a_409_and_changes_nothing(
    http: FlaskClient, store: ModelStore, versions: tuple[str, str]
) -> None:
    old, new = versions
    before = store.champion_pointer()

    def refused(path: str, **body: str) -> str:
        return str(assert_problem(http.post(path, json=REASON | body, headers=ADMIN), 409)["error"])

    assert "no earlier champion" in refused("/models/rollback")
    assert f"{old} is already the champion" in refused(f"/models/{old}/promote")
    stale = refused(f"/models/{new}/promote", expected_champion="other")
    assert f"The champion is now {old}, not other" in stale
    spoil(store.folder(new) / MODEL)
    assert "does not match the checksum" in refused(f"/models/{new}/promote")
    assert store.champion_pointer() == before
    assert audited(http) == []


def test_a_damaged_earlier_champion_is_a_409(
    http: FlaskClient, store: ModelStore, versions: tuple[str, str]
) -> None:
    promote(http, versions[1])
    spoil(store.folder(versions[0]) / MODEL)
    body = assert_problem(http.post("/models/rollback", json=REASON, headers=ADMIN), 409)
    assert "Promote another version" in body["error"]
    assert store.champion().version == versions[1]


def test_what_cannot_be_loaded_is_a_409_before_anything_points_at_it(
    http: FlaskClient, store: ModelStore, services: Services, versions: tuple[str, str]
) -> None:
    old, new = versions
    publish_unloadable(store, old, "unloadable")

    def refused(path: str) -> None:
        before = store.champion_pointer()
        body = assert_problem(http.post(path, json=REASON, headers=ADMIN), 409)
        assert "Version unloadable cannot be loaded by release" in body["error"]
        assert "Promote a version that loads" in body["error"]
        assert store.champion_pointer() == before

    refused("/models/unloadable/promote")
    store.set_champion("unloadable", "gate")  # when it could still be loaded
    promote(http, new)
    refused("/models/rollback")
    assert services.host.refresh()
    assert http.post("/predict", json=EXAMPLE).status_code == 200


def test_rollbacks_in_a_row_never_bring_a_bad_version_back(
    http: FlaskClient, store: ModelStore, versions: tuple[str, str]
) -> None:
    old, new = versions
    publish_dearer(store, old, "dearest", 0.2)
    promote(http, new)
    promote(http, "dearest")
    assert roll_back(http).version == new
    assert roll_back(http).version == old
    answer = http.post("/models/rollback", json=REASON, headers=ADMIN)
    assert "no earlier champion" in assert_problem(answer, 409)["error"]
    assert store.champion().version == old


def test_a_pointer_that_cannot_be_written_is_a_503(
    http: FlaskClient, service_settings: Settings, versions: tuple[str, str]
) -> None:
    service_settings.paths.champion_lock.unlink(missing_ok=True)
    service_settings.paths.champion_lock.mkdir()
    answer = http.post(f"/models/{versions[1]}/promote", json=REASON, headers=ADMIN)
    assert "the champion stays" in assert_problem(answer, 503)["error"]


def test_promotion_mends_a_torn_pointer(
    http: FlaskClient, service_settings: Settings, versions: tuple[str, str]
) -> None:
    service_settings.paths.champion_pointer.write_text("{torn")
    assert promote(http, versions[1]).previous == versions[0]


def test_both_are_on_the_timeline_with_who_and_why(
    http: FlaskClient, store_records: Store, versions: tuple[str, str]
) -> None:
    promote(http, versions[1])
    roll_back(http)
    store_records()
    answer = http.get("/monitoring/history?kind=promotion,rollback")
    back, forth = HistoryResponse.model_validate(answer.json).events
    assert (forth.kind, forth.actor, forth.subject) == ("promotion", "admin", versions[1])
    assert (back.kind, back.actor, back.subject) == ("rollback", "admin", versions[0])
    old, new = versions
    assert back.summary == f"Rolled back from {new} to {old}: {REASON['reason']}"
    assert back.figures == {"previous": versions[1], **REASON}


def test_both_are_audited_with_who_why_and_which_request(
    http: FlaskClient, versions: tuple[str, str]
) -> None:
    promote(http, versions[1])
    headers = ADMIN | {"X-Request-ID": "the-request"}
    assert http.post("/models/rollback", json=REASON, headers=headers).status_code == 200
    forth, back = audited(http)
    assert (forth.action, forth.actor, forth.subject) == ("promotion", "admin", versions[1])
    assert (back.action, back.subject, back.reason) == ("rollback", versions[0], REASON["reason"])
    assert (back.request_id, back.figures) == ("the-request", {"previous": versions[1]})
    assert back.previous == forth.hash
    assert "administer" not in back.model_dump_json()


def test_whatever_else_changes_state_is_audited(http: FlaskClient, store_records: Store) -> None:
    trigger = http.post(
        "/monitoring/trigger-retraining", json={"reason": "new prices"}, headers=bearer("operate")
    ).json
    changes = {"cooldown_hours": 6.0}
    change_configuration(http, store_records, **changes)
    carried_out(store_records, lambda: http.post("/database/clear", headers=ADMIN))
    asked, configured, cleared = audited(http)
    assert trigger is not None
    assert (asked.action, asked.actor) == ("retraining asked for", "operator")
    assert (asked.subject, asked.reason) == (trigger["trigger_id"], "new prices")
    assert (configured.action, configured.actor) == ("configuration changed", "admin")
    assert (configured.subject, configured.figures) == ("1", {"changes": changes})
    assert (cleared.action, cleared.actor) == ("database cleared", "admin")
    assert cleared.figures["deleted"].keys() >= {"predictions", "logs"}


def test_a_state_changing_route_that_says_nothing_is_audited_all_the_same(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    changing = [
        (method, rule)
        for method, rule in routes(app)
        if state_changing_role(method, rule.rule) and rule.rule not in UNAUDITED_TEMPLATES
    ]
    assert len(changing) >= 5
    for method, rule in changing:
        # The routes themselves told nothing: what is left is what the hook knows of them.
        monkeypatch.setitem(app.view_functions, rule.endpoint, lambda **_: "done")
        path = rule.rule.replace("<version>", "any")
        assert app.test_client().open(path, method=method, headers=ADMIN).status_code == 200
    rows = audited(app.test_client())
    assert [row.action for row in rows] == [f"{method} {rule.rule}" for method, rule in changing]
    assert {row.actor for row in rows} == {"admin"}


def test_reading_predicting_and_labels_are_not_audited(
    http: FlaskClient, store_records: Store
) -> None:
    assert http.post("/predict", json=EXAMPLE).status_code == 200
    assert http.get("/models", headers=ADMIN).status_code == 200
    items = [{"prediction_id": "0" * 32, "actual": 1.0}]
    assert attach_actual_values(http, store_records, items).status_code == 200
    assert audited(http) == []


def test_an_audit_that_cannot_be_written_is_told_counted_and_stops_nothing(
    http: FlaskClient,
    service_settings: Settings,
    store: ModelStore,
    versions: tuple[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    service_settings.paths.audit_log.mkdir(parents=True)
    assert promote(http, versions[1]).version == versions[1]
    assert store.champion().version == versions[1]
    assert "Missing from the audit log" in caplog.text
    assert REASON["reason"] in caplog.text
    assert "api_audit_failures_total 1.0" in http.get("/metrics").get_data(as_text=True)
    assert_problem(http.get("/audit", headers=ADMIN), 503)


def test_the_audit_is_for_operators_and_says_when_it_was_edited(
    http: FlaskClient, service_settings: Settings, versions: tuple[str, str]
) -> None:
    assert_problem(http.get("/audit"), 401)
    assert_problem(http.get("/audit", headers=bearer("see")), 403)
    assert_problem(http.get("/audit?limit=0", headers=ADMIN), 400)
    promote(http, versions[1])
    roll_back(http)
    assert AuditTrail(service_settings.paths).verify().holds
    newest = AuditResponse.model_validate(http.get("/audit?limit=1", headers=ADMIN).json)
    assert [row.action for row in newest.entries] == ["rollback"]
    assert (newest.total, newest.chain.entries) == (1, 2)
    assert newest.chain.last_hash == newest.entries[0].hash
    log = service_settings.paths.audit_log
    log.write_bytes(log.read_bytes().replace(b'"actor":"admin"', b'"actor":"nobdy"', 1))
    edited = AuditResponse.model_validate(http.get("/audit", headers=ADMIN).json)
    assert not edited.chain.holds
    assert "Line 1" in str(edited.chain.problem)
    assert [row.action for row in edited.entries] == ["rollback"]
