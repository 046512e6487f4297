"""Notes and tags on versions over HTTP: who may, what is kept, what is refused, and the audit."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.contract.models.registry import ModelsResponse
from backend.contract.models.remarks import RemarksResponse
from storage.models.remarks import MOST_NOTES, MOST_TAGS, VersionNote
from storage.models.store import ModelStore
from storage.settings import Settings
from tests.backend.web.test_errors import assert_problem
from tests.conftest import KEYS
from tests.system import bearer

OPERATOR = bearer("operate")
ADA = {"person": "Ada"}


@pytest.fixture
def store(service_settings: Settings) -> ModelStore:
    return ModelStore(service_settings.paths)


@pytest.fixture
def champion(store: ModelStore) -> str:
    return store.champion().version


def remark(http: FlaskClient, version: str, **body: Any) -> Any:
    return http.post(f"/models/{version}/remarks", json=ADA | body, headers=OPERATOR)


def test_a_note_and_tags_are_kept_listed_and_audited(
    http: FlaskClient, store: ModelStore, champion: str
) -> None:
    before = store.fingerprint(champion)
    remark(http, champion, note="Trained after the move.", add_tags=["summer", "baseline"])
    answer = remark(http, champion, note="Good in June.", remove_tags=["summer", "absent"])
    now = RemarksResponse.model_validate(answer.json)
    assert (now.tags, [one.note for one in now.notes]) == (
        ["baseline"],
        ["Good in June.", "Trained after the move."],
    )
    (listed,) = ModelsResponse.model_validate(http.get("/models").json).versions
    assert (listed.tags, listed.notes) == (now.tags, now.notes)
    assert {one.person for one in listed.notes} == {"Ada"}
    assert store.fingerprint(champion) == before, "a version never changes"
    entries = http.get("/audit", headers=OPERATOR).get_json()["entries"]
    assert [one["action"] for one in entries] == ["remark on a version"] * 2
    assert (entries[1]["subject"], entries[1]["reason"]) == (champion, "Trained after the move.")
    assert entries[1]["figures"]["person"] == "Ada"
    assert entries[1]["figures"]["added"] == ["summer", "baseline"]


@pytest.mark.parametrize(
    "body", [{}, {"note": " "}, {"add_tags": ["With Space"]}, {"add_tags": ["x"] * 21}]
)
def test_what_says_nothing_is_refused(
    http: FlaskClient, champion: str, body: dict[str, Any]
) -> None:
    assert_problem(remark(http, champion, **body), 400)
    assert http.get("/audit", headers=OPERATOR).get_json()["entries"] == []


def test_a_person_must_be_named_and_a_version_be_there(http: FlaskClient, champion: str) -> None:
    assert_problem(remark(http, champion, person=" ", note="x"), 400)
    assert_problem(remark(http, "nowhere", note="x"), 404)
    viewer = http.post(
        f"/models/{champion}/remarks", json=ADA | {"note": "x"}, headers=bearer(KEYS["viewer_key"])
    )
    assert_problem(viewer, 403)


def test_too_many_are_refused_or_forgotten_and_a_damaged_file_is_said_to_be(
    http: FlaskClient, store: ModelStore, champion: str, service_settings: Settings
) -> None:
    store.remarks.change(champion, add=[f"tag{number}" for number in range(MOST_TAGS)])
    assert (
        "20 tags at most" in assert_problem(remark(http, champion, add_tags=["one"]), 409)["error"]
    )
    for number in range(MOST_NOTES + 1):
        kept = store.remarks.change(champion, VersionNote(person="Ada", note=str(number)))
    assert len(kept.notes) == MOST_NOTES
    service_settings.paths.version_remarks.write_text("{torn")
    assert "is damaged" in assert_problem(remark(http, champion, note="x"), 409)["error"]
    (listed,) = ModelsResponse.model_validate(http.get("/models").json).versions
    assert listed.tags == []
