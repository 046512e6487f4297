"""Notes of people on the timeline: who wrote what, about which time."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from backend.contract.monitoring import HistoryResponse
from backend.contract.notes import TimelineNoteResponse
from storage.schema.records import utc_now
from tests.system import bearer

NOTE = {"person": "Ada Lovelace", "note": "A new client asks from today on."}


def test_a_note_is_on_the_timeline_at_its_time_by_name_and_audited(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    hour_ago = utc_now() - timedelta(hours=1)
    body = NOTE | {"at": hour_ago.isoformat()}
    answer = http.post("/monitoring/notes", json=body, headers=bearer("operate"))
    written = TimelineNoteResponse.model_validate(answer.json)
    assert written.at == hour_ago
    store_records()
    found = HistoryResponse.model_validate(http.get("/monitoring/history?kind=note").json)
    (event,) = found.events
    assert (event.timestamp, event.actor, event.summary) == (hour_ago, *NOTE.values())
    (entry,) = http.get("/audit", headers=bearer("operate")).get_json()["entries"]
    assert (entry["action"], entry["subject"]) == ("note on the timeline", written.event_id)
    assert entry["figures"]["person"] == NOTE["person"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at": "2999-01-01T00:00:00Z"}, "about a time that has been"),
        ({"person": " "}, "person"),
        ({"note": ""}, "note"),
    ],
)
def test_a_wrong_note_is_refused_in_a_sentence(
    http: FlaskClient, change: dict[str, str], said: str
) -> None:
    answer = http.post("/monitoring/notes", json=NOTE | change, headers=bearer("operate"))
    assert answer.status_code == (409 if "at" in change else 400)
    assert said in str(answer.json)


def test_a_viewer_writes_none(http: FlaskClient) -> None:
    assert http.post("/monitoring/notes", json=NOTE, headers=bearer("see")).status_code == 403
    assert http.post("/monitoring/notes", json=NOTE).status_code == 401
