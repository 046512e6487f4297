"""The routes of keys: for admins only, each act in the audit log, a secret in one answer and nowhere else."""

import pytest
from flask.testing import FlaskClient

from backend.contract.keys import NAME_RULE, KeyMadeResponse, KeysResponse
from storage.audit.trail import AuditTrail
from storage.settings import Settings
from tests.backend.web.test_errors import assert_problem
from tests.system import bearer

ADMIN = bearer("administer")
ASKED = {"person": "Ada", "reason": "nightly labels"}
CRON = ASKED | {"name": "cron", "role": "operator", "expires_days": 90}


def _made(http: FlaskClient, **other: object) -> KeyMadeResponse:
    answer = http.post("/keys", json=CRON | other, headers=ADMIN)
    assert answer.headers["Cache-Control"] == "no-store"
    return KeyMadeResponse.model_validate(answer.json)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/keys"),
        ("POST", "/keys"),
        ("POST", "/keys/none/rotate"),
        ("POST", "/keys/none/revoke"),
    ],
)
def test_keys_are_for_admins_only(http: FlaskClient, method: str, path: str) -> None:
    assert_problem(http.open(path, method=method, json=ASKED), 401)
    for key in ("see", "operate"):
        assert_problem(http.open(path, method=method, json=ASKED, headers=bearer(key)), 403)


def test_the_keys_of_the_environment_come_first_and_are_named_by_their_roles(
    http: FlaskClient,
) -> None:
    _made(http)
    found = KeysResponse.model_validate(http.get("/keys", headers=ADMIN).json).keys
    assert [(key.source, key.name) for key in found] == [
        ("environment", "admin"),
        ("environment", "operator"),
        ("environment", "viewer"),
        ("named", "cron"),
    ]


def test_from_making_to_revoking_with_an_entry_for_each(
    http: FlaskClient, service_settings: Settings
) -> None:
    first = _made(http)
    assert http.get("/audit", headers=bearer(first.secret)).status_code == 200
    assert_problem(http.post("/keys", json=CRON, headers=ADMIN), 409)
    path = f"/keys/{first.key.key_id}"
    second = KeyMadeResponse.model_validate(
        http.post(f"{path}/rotate", json=ASKED | {"overlap_hours": 1}, headers=ADMIN).json
    )
    for secret in (first.secret, second.secret):
        assert http.get("/audit", headers=bearer(secret)).status_code == 200
    assert http.post(f"{path}/revoke", json=ASKED, headers=ADMIN).status_code == 200
    assert_problem(http.get("/audit", headers=bearer(first.secret)), 401)
    assert http.get("/audit", headers=bearer(second.secret)).status_code == 200
    assert_problem(http.post(f"{path}/revoke", json=ASKED, headers=ADMIN), 409)

    listed = http.get("/keys", headers=ADMIN).get_data(as_text=True)
    entries = AuditTrail(service_settings.paths).newest(9)
    assert [entry.action for entry in entries] == ["key revoked", "key rotated", "key created"]
    for entry in entries:
        assert (entry.actor, entry.subject, entry.reason) == ("admin", "cron", "nightly labels")
        assert entry.figures["person"] == "Ada"
    told = listed + "".join(entry.model_dump_json() for entry in entries)
    for made in (first, second):
        assert made.secret[16:] not in told
    assert "ended" in http.get("/metrics").get_data(as_text=True)


def test_the_name_stands_where_only_the_role_stood(
    http: FlaskClient, service_settings: Settings
) -> None:
    made = _made(http, name="deploy", role="admin")
    own = bearer(made.secret)
    body = ASKED | {"name": "other", "role": "viewer"}
    assert http.post("/keys", json=body, headers=own).status_code == 200
    assert AuditTrail(service_settings.paths).newest(1)[0].actor == "deploy (admin)"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Cron"},
        {"name": "environment: admin"},
        {"name": "a" * 41},
        {"role": "nobody"},
        {"expires_days": 0},
        {"expires_days": 3651},
        {"person": " "},
        {"reason": None},
    ],
)
def test_what_is_no_key_is_refused_by_the_field(
    http: FlaskClient, wrong: dict[str, object]
) -> None:
    answer = http.post("/keys", json=CRON | wrong, headers=ADMIN)
    assert_problem(answer, 400)
    assert answer.json is not None
    assert answer.json["validation_errors"][0]["field"] == next(iter(wrong))


def test_a_name_of_another_form_is_refused_in_the_words_of_the_page(http: FlaskClient) -> None:
    answer = http.post("/keys", json=CRON | {"name": "../Ada"}, headers=ADMIN)
    assert_problem(answer, 400)
    assert NAME_RULE in answer.get_json()["detail"]


def test_an_unknown_id_is_not_found(http: FlaskClient) -> None:
    assert_problem(http.post("/keys/none/rotate", json=ASKED, headers=ADMIN), 404)
    assert_problem(http.post("/keys/none/revoke", json=ASKED, headers=ADMIN), 404)
