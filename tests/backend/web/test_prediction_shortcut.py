"""The shortcut and the route give the same answer to whatever is sent, and leave the same behind."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import Any

from flask import Flask, request_started
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from backend.app import create_app
from backend.services import EXTENSION
from backend.workers.application import front_of
from storage.domain.inputs import EXAMPLE, FEATURES
from storage.settings import Settings
from tests.conftest import KEYS
from tests.settings import changed
from tests.system import bearer

PLAIN, BY_THE_ROUTE = "/predict", "/predict?explain=false"
OF_EACH_REQUEST = ("timestamp", "prediction_id", "instance")
JSON = "application/json"


def accepted() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {each.name: st.floats(each.minimum, each.maximum) for each in FEATURES}
    )


def wrong() -> st.SearchStrategy[dict[str, Any]]:
    """An accepted request with a field that is left out, unknown or of another kind."""
    name = st.sampled_from([*EXAMPLE, "Garden"])
    value = st.none() | st.booleans() | st.text() | st.floats() | st.lists(st.integers())
    changed = st.builds(lambda name, value: EXAMPLE | {name: value}, name, value)
    missing = st.sampled_from(list(EXAMPLE)).map(
        lambda name: {other: value for other, value in EXAMPLE.items() if other != name}
    )
    return changed | missing


TEXTS = st.text(max_size=30) | st.sampled_from(["order-17", "urn:order:17", " 17", "x" * 129, ""])
NAMES = st.text(max_size=5) | st.sampled_from(["region", "sales-channel", "1st", "x" * 41])


def saying() -> st.SearchStrategy[dict[str, Any]]:
    """A request with what a caller may say beside the inputs, and with what it may not."""
    said = st.fixed_dictionaries(
        {},
        optional={
            "reference": st.none() | TEXTS | st.integers(),
            "metadata": st.none() | st.dictionaries(NAMES, TEXTS, max_size=12) | TEXTS,
        },
    )
    return said.map(lambda more: EXAMPLE | more)


bodies = (
    saying().map(lambda values: json.dumps(values).encode())
    | accepted().map(lambda values: json.dumps(values).encode())
    | wrong().map(lambda values: json.dumps(values).encode())
    | st.binary(max_size=200)
)
kinds = st.sampled_from([JSON, f"{JSON}; charset=utf-8", "text/plain", "application/JSON"])
headers = st.fixed_dictionaries(
    {},
    optional={
        "X-Request-ID": st.sampled_from(["mine-1", "not usable!", "x" * 200]),
        "Authorization": st.sampled_from(
            [f"Bearer {key}" for key in (*KEYS.values(), "unknown")] + ["Basic eA=="]
        ),
    },
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies, kind=kinds, sent=headers)
def test_both_ways_lead_to_the_same_answer(
    http: FlaskClient, body: bytes, kind: str, sent: dict[str, str]
) -> None:
    short, long = (
        http.post(path, data=body, content_type=kind, headers=sent)
        for path in (PLAIN, BY_THE_ROUTE)
    )
    assert _apart_from_the_moment(short) == _apart_from_the_moment(long)


def test_a_plain_request_needs_no_framework(app: Flask, http: FlaskClient) -> None:
    with _framework_requests(app) as seen:
        assert http.post(PLAIN, json=EXAMPLE).status_code == 200
        assert seen == []
        assert http.post(BY_THE_ROUTE, json=EXAMPLE).status_code == 200
        assert http.post(PLAIN, json=EXAMPLE | {"MedInc": "much"}).status_code == 400
        assert http.get(PLAIN).status_code == 405
    assert len(seen) == 3


def test_a_caller_that_says_more_needs_no_framework_either(app: Flask, http: FlaskClient) -> None:
    said = {"reference": "order-17", "metadata": {"region": "north", "channel": "web"}}
    with _framework_requests(app) as seen:
        answer = http.post(PLAIN, json=EXAMPLE | said)
        assert answer.status_code == 200
        assert seen == []
        twice = json.dumps(EXAMPLE | said)[:-1] + ', "reference": "order-18"}'
        assert http.post(PLAIN, data=twice, content_type=JSON).status_code == 400
        colons = EXAMPLE | {"reference": "urn:order:17", "metadata": {"at": "12:30"}}
        assert http.post(PLAIN, json=colons).get_json()["reference"] == "urn:order:17"
    assert len(seen) == 2
    assert {name: answer.get_json()[name] for name in said} == said
    assert answer.get_json()["input"] == EXAMPLE


def test_where_a_key_is_needed_the_shortcut_needs_it_too(service_settings: Settings) -> None:
    app = create_app(changed(service_settings, require_key=True))
    http = app.test_client()
    with _framework_requests(app) as seen:
        statuses = [
            http.post(PLAIN, json=EXAMPLE, headers=sent).status_code
            for sent in ({}, bearer("unknown"), bearer(KEYS["viewer_key"]))
        ]
    assert statuses == [401, 401, 200]
    assert len(seen) == 2


def test_without_a_model_the_route_says_so_once(settings: Settings) -> None:
    http = create_app(settings).test_client()
    answer = http.post(PLAIN, json=EXAMPLE)
    assert answer.status_code == 503
    assert answer.json is not None
    assert "No model" in answer.json["error"]


def test_both_leave_the_same_rows(http: FlaskClient, store_records: Callable[[], None]) -> None:
    for path, request_id in ((PLAIN, "short"), (BY_THE_ROUTE, "long")):
        http.post(path, json=EXAMPLE, headers={"X-Request-ID": request_id})
    store_records()
    requests = {row["request_id"]: row for row in _rows(http, "/metrics/api", "metrics")}
    predictions = {row["request_id"]: row for row in _rows(http, "/predictions", "predictions")}
    for rows, own in ((requests, ("response_time",)), (predictions, ("prediction_id",))):
        short, long = (
            {name: value for name, value in rows[request_id].items() if name not in own}
            for request_id in ("short", "long")
        )
        apart = {"id", "timestamp", "request_id"}
        assert {name: short[name] for name in short.keys() - apart} == {
            name: long[name] for name in long.keys() - apart
        }


@contextmanager
def _framework_requests(app: Flask) -> Iterator[list[Flask]]:
    seen: list[Flask] = []

    def note(sender: Flask, **_: object) -> None:
        seen.append(sender)

    with request_started.connected_to(note, app):
        yield seen


def _apart_from_the_moment(answer: TestResponse) -> tuple[int, list[str], Any, str | None]:
    content = answer.json
    assert isinstance(content, dict)
    kept = {name: value for name, value in content.items() if name not in OF_EACH_REQUEST}
    sent_id = answer.headers["X-Request-ID"]
    return (
        answer.status_code,
        sorted(answer.headers.keys()),
        kept,
        sent_id if sent_id == "mine-1" else None,
    )


def _rows(http: FlaskClient, path: str, name: str) -> list[dict[str, Any]]:
    answer = http.get(path).json
    assert answer is not None
    rows: list[dict[str, Any]] = answer[name]
    return rows


def test_what_waits_for_the_disk_does_not_wait_in_the_event_loop(
    app: Flask, service_settings: Settings
) -> None:
    assert front_of(app, service_settings).at_once is not None
    assert front_of(app, changed(service_settings, spool_sync="answer")).at_once is None


def test_what_waited_for_the_disk_took_as_long(
    service_settings: Settings, store_records: Callable[[], None]
) -> None:
    app = create_app(changed(service_settings, spool_sync="answer"))
    http = app.test_client()
    with app.extensions[EXTENSION].spool._lock:
        waiting = Thread(target=partial(http.post, PLAIN, json=EXAMPLE))
        waiting.start()
        waiting.join(0.3)
    waiting.join()
    store_records()
    (request,) = _rows(http, "/metrics/api?endpoint=/predict", "metrics")
    (prediction,) = _rows(http, "/predictions", "predictions")
    assert request["request_id"] == prediction["request_id"]
    assert request["response_time"] > 0.25
