"""Each plain form of asking for one prediction: with and without the framework, the same answer and rows."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request_started
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.web.plain_forms import FORMS
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES, FEATURES

Json = dict[str, Any]
JSON = "application/json"
INFER = "/v2/models/california-housing/infer"
VALUES = list(EXAMPLE.values())
OF_EACH_REQUEST = ("timestamp", "prediction_id", "instance")


def _tensor(name: str, *data: object) -> Json:
    return {"name": name, "shape": [1, len(data)], "datatype": "FP64", "data": [*data]}


def forms_of(row: Json) -> list[tuple[str, Json]]:
    """Return a row in every form: path and body."""
    names, values = [*row], [*row.values()]
    return [
        ("/predict", row),
        ("/invocations", {"dataframe_records": [row]}),
        ("/invocations", {"dataframe_split": {"columns": names[::-1], "data": [values[::-1]]}}),
        ("/invocations", {"instances": row}),
        ("/invocations", {"inputs": {name: [value] for name, value in row.items()}}),
        (INFER, {"id": "order-17", "inputs": [_tensor(*each) for each in row.items()]}),
        (INFER, {"inputs": [_tensor("all", *values)], "outputs": [{"name": "upper"}]}),
    ]


def _asked(app: Flask, http: FlaskClient, path: str, body: bytes, **sent: str) -> tuple[Any, int]:
    """Return status and answer, and how often the framework was needed."""
    seen: list[Flask] = []

    def note(sender: Flask, **_: object) -> None:
        seen.append(sender)

    with request_started.connected_to(note, app):
        answer = http.post(path, data=body, content_type=JSON, headers=sent)
    return (answer.status_code, _apart_from_the_moment(answer.get_json())), len(seen)


def _apart_from_the_moment(content: Json) -> Json:
    kept = {name: value for name, value in content.items() if name not in OF_EACH_REQUEST}
    for tensor in kept.get("outputs", ()):
        if tensor["name"] in OF_EACH_REQUEST:
            tensor["data"] = None
    return kept


def test_every_form_is_tried() -> None:
    assert {path for path, _ in forms_of(EXAMPLE)} == {*FORMS}


@pytest.mark.parametrize("number", range(len(forms_of(EXAMPLE))))
def test_a_valid_row_needs_no_framework(
    app: Flask, http: FlaskClient, store_records: Callable[[], None], number: int
) -> None:
    path, body = forms_of(EXAMPLE)[number]
    content = json.dumps(body).encode()
    short, framework = _asked(app, http, path, content)
    assert (short[0], framework) == (200, 0)
    long, framework = _asked(app, http, f"{path}?explain=false", content)
    assert (long, framework) == (short, 1)
    store_records()
    rows = http.get("/predictions").get_json()["predictions"]
    assert [row["input"] for row in rows] == [EXAMPLE, EXAMPLE]
    assert rows[0]["prediction"] == rows[1]["prediction"]
    endpoints = {row["endpoint"] for row in http.get("/metrics/api").get_json()["metrics"]}
    assert len(endpoints & {form.template for form in FORMS.values()}) == 1


values = st.none() | st.booleans() | st.text(max_size=5) | st.floats() | st.lists(st.integers())
rows = st.fixed_dictionaries(
    {each.name: st.floats(each.minimum, each.maximum) for each in FEATURES}
) | st.builds(
    lambda name, value: EXAMPLE | {name: value}, st.sampled_from([*FEATURE_NAMES, "Garden"]), values
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(row=rows)
def test_both_ways_lead_to_the_same_answer(app: Flask, http: FlaskClient, row: Json) -> None:
    for path, body in forms_of(row):
        content = json.dumps(body).encode()
        (short, _), (long, _) = (
            _asked(app, http, each, content) for each in (path, f"{path}?explain=false")
        )
        assert short == long


@pytest.mark.parametrize("path", [path for path in FORMS if path != "/predict"])
def test_what_is_not_plain_is_for_the_route(app: Flask, http: FlaskClient, path: str) -> None:
    body = next(body for form, body in forms_of(EXAMPLE) if form == path)
    text = json.dumps(body)
    twice = text[:-1] + f", {json.dumps(next(iter(body)))}: null}}"
    tiny = text.replace("8.3252", "1e-400")
    assert tiny != text
    for content in (twice, tiny, "{", "[]"):
        (status, _), framework = _asked(app, http, path, content.encode())
        assert (status, framework) == (400, 1)


def test_several_rows_and_binary_data_are_for_the_route(app: Flask, http: FlaskClient) -> None:
    two = json.dumps({"dataframe_records": [EXAMPLE, EXAMPLE]}).encode()
    assert _asked(app, http, "/invocations", two)[1] == 1
    whole = {"inputs": [_tensor("all", *VALUES)]}
    length = {"Inference-Header-Content-Length": str(len(json.dumps(whole)))}
    assert _asked(app, http, INFER, json.dumps(whole).encode(), **length)[1] == 1
    binary = json.dumps(whole | {"parameters": {"binary_data_output": True}}).encode()
    answer = http.post(INFER, data=binary, content_type=JSON)
    assert answer.mimetype == "application/octet-stream"
