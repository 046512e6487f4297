"""Configuration, triggers, status and timeline over HTTP, and who may do what."""

import os
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.contract.models.registry import ModelsResponse
from backend.contract.monitoring import (
    ConfigResponse,
    HistoryResponse,
    StatusResponse,
    TriggerResponse,
)
from backend.contract.retraining.runs import RetrainingResponse
from storage.models.store import ModelStore
from storage.retraining.queue import RetrainQueue
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.triggers import HeartBeat
from storage.settings import Settings
from tests.backend.web.test_errors import assert_problem
from tests.log_writing import Store, change_configuration
from tests.system import bearer
from tests.versions import overwrite


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("PUT", "/monitoring/config", "admin"),
        ("POST", "/monitoring/trigger-retraining", "operator"),
    ],
)
def test_changing_needs_its_role(http: FlaskClient, method: str, path: str, role: str) -> None:
    assert_problem(http.open(path, method=method, json={}), 401)
    assert_problem(http.open(path, method=method, json={}, headers=bearer("wrong")), 401)
    too_low = {"admin": ("see", "operate"), "operator": ("see",)}[role]
    for key in too_low:
        assert_problem(http.open(path, method=method, json={}, headers=bearer(key)), 403)
    enough = {"admin": ("administer",), "operator": ("operate", "administer")}[role]
    for key in enough:
        assert_problem(http.open(path, method=method, json={}, headers=bearer(key)), 400)


def test_the_configuration_describes_itself(http: FlaskClient, store_records: Store) -> None:
    store_records()
    body = ConfigResponse.model_validate(http.get("/monitoring/config").json)
    assert body.config == MonitoringConfig()
    assert (body.version, body.readable) == (0, True)
    assert [value.name for value in body.definitions] == list(MonitoringConfig.model_fields)
    described = {value.name: value for value in body.definitions}
    assert described["cooldown_hours"].unit == "h"
    assert described["cooldown_hours"].bounds == {"ge": 0, "le": 8760}
    assert described["drift_detection_enabled"].type == "bool"


def test_without_a_database_the_defaults_are_answered(http: FlaskClient) -> None:
    body = ConfigResponse.model_validate(http.get("/monitoring/config").json)
    assert (body.config, body.readable) == (MonitoringConfig(), False)


def test_a_change_is_in_force_at_once_and_on_the_timeline(
    http: FlaskClient, store_records: Store
) -> None:
    changed = ConfigResponse.model_validate(
        change_configuration(http, store_records, cooldown_hours=6).json
    )
    assert (changed.config.cooldown_hours, changed.version, changed.changed_by) == (6, 1, "admin")
    assert changed.config.window_hours == MonitoringConfig().window_hours
    again = ConfigResponse.model_validate(http.get("/monitoring/config").json)
    assert again.config == changed.config
    history = HistoryResponse.model_validate(http.get("/monitoring/history").json)
    assert [event.kind for event in history.events] == ["configuration"]
    assert "cooldown_hours 24.0 -> 6.0" in history.events[0].summary


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cooldown_hours": -1}, "cooldown_hours"),
        ({"cooldown_hours": "6"}, "cooldown_hours"),
        ({"cooldown_hours": None}, "cooldown_hours"),
        ({"automatic_retraining_enabled": 1}, "automatic_retraining_enabled"),
        ({"drift_minimum_rows": 50_000}, "drift_minimum_rows"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_change_names_its_field(
    http: FlaskClient, changes: dict[str, Any], field: str
) -> None:
    answer = http.put("/monitoring/config", json=changes, headers=bearer("administer"))
    body = assert_problem(answer, 400)
    assert [problem["field"] for problem in body["validation_errors"]] == [field]
    assert field in body["error"]


def test_a_change_of_nothing_says_what_to_send(http: FlaskClient) -> None:
    answer = http.put(
        "/monitoring/config",
        json={"person": "Ada", "reason": "None."},
        headers=bearer("administer"),
    )
    assert assert_problem(answer, 400)["error"] == "body: send at least one value"


@pytest.mark.parametrize(
    "content", [b" ", b"{}", b"[]", b"null", b'{"cooldown_hours": NaN}', b"[" * 20_000]
)
def test_a_body_that_is_no_change_is_refused(http: FlaskClient, content: bytes) -> None:
    headers = bearer("administer") | {"Content-Type": "application/json"}
    assert_problem(http.put("/monitoring/config", data=content, headers=headers), 400)


def test_a_trigger_becomes_a_file_an_event_and_a_retraining_to_follow(
    http: FlaskClient, service_settings: Settings, store_records: Store
) -> None:
    window = {"since": "2026-11-01T00:00:00Z", "until": "2026-11-02T00:00:00Z"}
    answer = http.post(
        "/monitoring/trigger-retraining",
        json={"reason": "prices moved", "window": window},
        headers=bearer("operate"),
    )
    asked = TriggerResponse.model_validate(answer.json)
    assert asked.status == "success"
    assert (service_settings.paths.triggers / asked.trigger_file).is_file()
    followed = RetrainingResponse.model_validate(http.get(f"/retraining/{asked.trigger_id}").json)
    assert (followed.state, followed.stage, followed.progress) == ("pending", "waiting", 0)
    assert (followed.requested_by, followed.source) == ("operator", "manual")
    assert followed.window is not None
    assert followed.window.model_dump(mode="json") == window
    store_records()
    events = HistoryResponse.model_validate(http.get("/monitoring/history?kind=trigger").json)
    assert [event.subject for event in events.events] == [asked.trigger_id]


def test_a_person_may_act_on_a_finding(http: FlaskClient) -> None:
    body = {"reason": "the check says so", "source": "degradation"}
    answer = http.post("/monitoring/trigger-retraining", json=body, headers=bearer("operate"))
    trigger_id = TriggerResponse.model_validate(answer.json).trigger_id
    followed = RetrainingResponse.model_validate(http.get(f"/retraining/{trigger_id}").json)
    assert (followed.requested_by, followed.source) == ("operator", "degradation")


def test_a_retraining_is_followed_through_its_stages(
    http: FlaskClient, service_settings: Settings
) -> None:
    queue = RetrainQueue(service_settings.paths.triggers)
    trigger_id = queue.submit("test", "tests").trigger_id
    claim = queue.claim()
    assert claim is not None
    beat = HeartBeat(stage="training", step="Fitting ridge", number=2, total=5, progress=0.25)
    claim.beat(beat)
    running = RetrainingResponse.model_validate(http.get(f"/retraining/{trigger_id}").json)
    assert (running.state, running.stage, running.progress) == ("running", "training", 0.25)
    assert (running.step, running.step_number, running.steps) == ("Fitting ridge", 2, 5)
    assert running.heartbeat_at is not None
    claim.finish({"promoted": False}, succeeded=True)
    done = RetrainingResponse.model_validate(http.get(f"/retraining/{trigger_id}").json)
    assert (done.state, done.progress, done.result) == ("done", 1, {"promoted": False})


@pytest.mark.parametrize("trigger_id", ["none", "..%2F..%2Fetc%2Fpasswd", "a.b", "½", "x" * 300])
def test_an_unknown_retraining_is_a_404(http: FlaskClient, trigger_id: str) -> None:
    assert_problem(http.get(f"/retraining/{trigger_id}"), 404)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": ""},
        {"reason": "   "},
        {"reason": "x" * 501},
        {"reason": 5},
        {"reason": "x", "colour": "red"},
        {"reason": "x", "source": "schedule"},
        {
            "reason": "x",
            "window": {"since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"},
        },
        {"reason": "x", "window": {"since": "yesterday"}},
    ],
)
def test_a_wrong_trigger_is_refused_and_writes_nothing(
    http: FlaskClient, service_settings: Settings, body: dict[str, Any]
) -> None:
    answer = http.post("/monitoring/trigger-retraining", json=body, headers=bearer("operate"))
    assert_problem(answer, 400)
    assert RetrainQueue(service_settings.paths.triggers).pending() == []


def test_a_queue_that_cannot_be_written_is_a_503(
    http: FlaskClient, service_settings: Settings
) -> None:
    service_settings.paths.triggers.write_text("a file where the folder should be")
    answer = http.post(
        "/monitoring/trigger-retraining", json={"reason": "x"}, headers=bearer("operate")
    )
    assert "cannot be written" in assert_problem(answer, 503)["error"]


def test_status_counts_what_waits_and_runs(
    http: FlaskClient, service_settings: Settings, store_records: Store
) -> None:
    store_records()
    queue = RetrainQueue(service_settings.paths.triggers)
    first, second = (queue.submit("test", "tests").trigger_id for _ in range(2))
    claim = queue.claim()
    body = StatusResponse.model_validate(http.get("/monitoring/status").json)
    assert claim is not None
    assert body.pending_retraining_triggers == 1
    assert body.running_retrainings == [first]
    assert body.trigger_files == [f"{first}.running", f"{second}.trigger"]
    assert body.drift_detection_enabled is body.performance_monitoring_enabled is True
    assert body.automatic_retraining_enabled is False
    assert (body.last_check, body.database_available) == (None, True)


def test_status_tells_whether_the_monitor_runs(
    http: FlaskClient, service_settings: Settings
) -> None:
    def active() -> bool:
        return StatusResponse.model_validate(http.get("/monitoring/status").json).monitoring_active

    assert not active()
    summary = service_settings.paths.monitoring_summary
    summary.parent.mkdir(parents=True)
    summary.write_text("{}")
    assert active()
    long_ago = time.time() - 3600
    os.utime(summary, (long_ago, long_ago))
    assert not active()


def test_status_answers_without_a_database(http: FlaskClient) -> None:
    body = StatusResponse.model_validate(http.get("/monitoring/status").json)
    assert not body.database_available


def test_history_filters_by_kind_and_pages(http: FlaskClient, store_records: Store) -> None:
    for number in range(3):
        http.post(
            "/monitoring/trigger-retraining",
            json={"reason": str(number)},
            headers=bearer("operate"),
        )
    store_records()
    page = HistoryResponse.model_validate(http.get("/monitoring/history?limit=2").json)
    assert [event.summary[-1] for event in page.events] == ["2", "1"]
    query = f"limit=2&kind=trigger,check&page_token={page.next_page_token}"
    rest = HistoryResponse.model_validate(http.get(f"/monitoring/history?{query}").json)
    assert [event.summary[-1] for event in rest.events] == ["0"]
    assert (
        HistoryResponse.model_validate(http.get("/monitoring/history?kind=alert").json).events == []
    )
    since = page.events[0].timestamp.isoformat().replace("+00:00", "Z")
    newest = HistoryResponse.model_validate(http.get(f"/monitoring/history?since={since}").json)
    assert newest.total == 1


@pytest.mark.parametrize("query", ["kind=party", "kind=", "kind=check,", "since=x", "limit=0"])
def test_a_wrong_history_query_is_refused(http: FlaskClient, query: str) -> None:
    assert_problem(http.get(f"/monitoring/history?{query}"), 400)


def test_history_without_a_database_is_a_503(http: FlaskClient) -> None:
    assert_problem(http.get("/monitoring/history"), 503)


def test_models_name_the_champion_and_leave_damaged_ones_out(
    http: FlaskClient, service_settings: Settings
) -> None:
    champion = ModelStore(service_settings.paths).champion()
    damaged = service_settings.paths.versions / "damaged"
    damaged.mkdir()
    overwrite(damaged / "manifest.json", b"{")
    body = ModelsResponse.model_validate(http.get("/models").json)
    assert body.champion == champion.version
    assert [version.version for version in body.versions if version.is_champion] == [
        champion.version
    ]
    assert body.versions[0].metrics == champion.metrics
    assert body.unreadable == ["damaged"]
    service_settings.paths.champion_pointer.write_text("{")
    assert ModelsResponse.model_validate(http.get("/models").json).champion is None
