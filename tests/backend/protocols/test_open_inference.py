"""The Open Inference Protocol over HTTP: what /predict answers, in its form, and its refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.contract.base import ErrorResponse
from backend.contract.predictions import LARGEST_BATCH
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from tests.districts import unseen_districts
from tests.settings import changed

Json = dict[str, Any]
MODEL = "/v2/models/california-housing"
VALUES = list(EXAMPLE.values())
WIDTH = len(VALUES)


def _columns(rows: list[Json], shape: list[int] | None = None, datatype: str = "FP64") -> Json:
    tensors = [
        {
            "name": name,
            "shape": shape or [len(rows), 1],
            "datatype": datatype,
            "data": [row[name] for row in rows],
        }
        for name in FEATURE_NAMES
    ]
    return {"inputs": tensors}


def _matrix(data: list[Any], rows: int, **more: Any) -> Json:
    tensor = {"name": "x", "shape": [rows, WIDTH], "datatype": "FP32", "data": data}
    return {"inputs": [tensor], **more}


def _outputs(answer: Json) -> dict[str, Any]:
    return {each["name"]: each["data"] for each in answer["outputs"]}


def _each(number: int, *, nested: bool) -> Json:
    tensors = _columns([EXAMPLE] * number)["inputs"]
    if nested:
        tensors = [each | {"data": [[value] for value in each["data"]]} for each in tensors]
    return {"inputs": tensors}


@pytest.mark.parametrize(
    "asked",
    [
        lambda number: _each(number, nested=False),
        lambda number: _each(number, nested=True),
        lambda number: _matrix(VALUES * number, number),
        lambda number: _matrix([VALUES] * number, number),
    ],
    ids=["tensors", "nested tensors", "one tensor", "one nested tensor"],
)
def test_ten_thousand_rows_are_answered(http: FlaskClient, asked: Callable[[int], Json]) -> None:
    answer = http.post(f"{MODEL}/infer", json=asked(LARGEST_BATCH))
    assert answer.status_code == 200, answer.get_json()
    assert len(_outputs(answer.get_json())["prediction"]) == LARGEST_BATCH
    assert http.post(f"{MODEL}/infer", json=asked(LARGEST_BATCH + 1)).status_code == 400


@pytest.mark.parametrize("number", [1, 3])
def test_it_answers_what_predict_batch_answers_and_logs_a_row_each(
    http: FlaskClient, store_records: Callable[[], None], number: int
) -> None:
    rows = [each.model_dump() for each in unseen_districts(number)]
    expected = http.post("/predict_batch", json={"instances": rows}).get_json()
    flat = [value for row in rows for value in row.values()]
    nested = [list(row.values()) for row in rows]
    version = expected["model_version"]
    ids = []
    for path, body in (
        (MODEL, _columns(rows)),
        (MODEL, _columns(rows, [number])),
        (f"{MODEL}/versions/{version}", _matrix(flat, number)),
        (MODEL, _matrix(nested, number, id="mine", parameters={"channel": "web"})),
    ):
        answer = http.post(f"{path}/infer", json=body)
        assert answer.status_code == 200, answer.text
        assert (answer.json or {})["model_version"] == version
        found = _outputs(answer.get_json())
        assert found["prediction"] == expected["predictions"]
        assert found["lower"] == [each["lower"] for each in expected["intervals"]]
        assert found["upper"] == [each["upper"] for each in expected["intervals"]]
        ids += found["prediction_id"]
    assert answer.get_json()["id"] == "mine"
    assert answer.get_json()["parameters"] == {"channel": "web"}
    store_records()
    logged = {row["prediction_id"] for row in http.get("/predictions").get_json()["predictions"]}
    assert logged >= set(ids)
    assert len(logged) == 5 * number


def test_only_the_outputs_that_are_named(http: FlaskClient) -> None:
    body = _matrix(VALUES, 1, outputs=[{"name": "upper"}, {"name": "prediction"}])
    answer = http.post(f"{MODEL}/infer", json=body).get_json()
    assert [each["name"] for each in answer["outputs"]] == ["upper", "prediction"]


def test_server_and_model_describe_themselves(http: FlaskClient) -> None:
    assert http.get("/v2").get_json()["extensions"] == ["binary_tensor_data"]
    model = http.get(MODEL).get_json()
    assert [each["name"] for each in model["inputs"]] == list(FEATURE_NAMES)
    assert http.get(f"{MODEL}/versions/{model['versions'][0]}").get_json() == model
    for path in ("/v2/health/live", "/v2/health/ready", f"{MODEL}/ready"):
        assert http.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/v2/models/other", f"{MODEL}/versions/other"])
def test_what_is_not_served_is_said(http: FlaskClient, path: str) -> None:
    for answer in (
        http.get(path),
        http.get(f"{path}/ready"),
        http.post(f"{path}/infer", json=_matrix(VALUES, 1)),
    ):
        assert answer.status_code == 404
        assert (
            "california-housing" in answer.get_json()["error"]
            or "champion" in answer.get_json()["error"]
        )


def _changed(**changes: Any) -> Json:
    body = _columns([EXAMPLE])
    body["inputs"][0] |= changes
    return body


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"inputs": []}, "inputs"),
        ({"inputs": _columns([EXAMPLE])["inputs"][1:]}, "MedInc"),
        (
            {"inputs": [*_columns([EXAMPLE])["inputs"][1:], _changed(name="Moon")["inputs"][0]]},
            "MedInc",
        ),
        ({"inputs": [*_columns([EXAMPLE])["inputs"][1:]] * 2}, "inputs"),
        (_changed(data=[1e9]), "MedInc"),
        (_changed(data=[None]), "MedInc"),
        (_changed(data=[True]), "MedInc"),
        (_changed(data=["2.0"]), "MedInc"),
        (_changed(data=["2.0"], datatype="BYTES"), "MedInc"),
        (_changed(data=[2.5], datatype="INT64"), "MedInc"),
        (_changed(data=[2.0, 3.0]), "MedInc"),
        (_changed(data=[[2.0, 3.0]]), "MedInc"),
        (_changed(data=[2.0, 3.0], shape=[2, 1]), "number"),
        (_changed(data=[2.0, 3.0], shape=[1, 2]), "MedInc"),
        (_changed(data=[], shape=[0, 1]), "MedInc"),
        (_changed(data=[2.0], shape=[-1, -1]), "MedInc"),
        (_changed(data=None), "MedInc"),
        (_changed(datatype="BOOL"), "datatype"),
        (_changed(parameters={"binary_data_size": 8}), "MedInc"),
        (_changed(data=None, parameters={"binary_data_size": "8"}), "MedInc"),
        (_matrix(VALUES[:-1], 1), "x"),
        ({"inputs": [{"name": "x", "shape": [8], "datatype": "FP64", "data": VALUES}]}, "x"),
        (_matrix(VALUES, 1, outputs=[{"name": "colour"}]), "outputs"),
        (_matrix(VALUES, 1, surprise=1), "surprise"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    http: FlaskClient, body: Json, said: str
) -> None:
    answer = http.post(f"{MODEL}/infer", json=body)
    assert answer.status_code == 400
    assert said in ErrorResponse.model_validate(answer.json).error


@pytest.mark.parametrize("length", ["-1", "99999", "x", "1" * 20])
def test_a_length_that_does_not_fit_is_refused(http: FlaskClient, length: str) -> None:
    headers = {"Inference-Header-Content-Length": length}
    answer = http.post(f"{MODEL}/infer", json=_matrix(VALUES, 1), headers=headers)
    assert answer.status_code == 400
    assert "Inference-Header-Content-Length" in answer.get_json()["error"]


def test_another_content_type_and_a_missing_key_are_refused(
    http: FlaskClient, service_settings: Any
) -> None:
    from backend.app import create_app

    refused = http.post(f"{MODEL}/infer", data=b"{}", content_type="text/plain")
    assert refused.status_code == 415
    closed = create_app(changed(service_settings, require_key=True)).test_client()
    assert closed.post(f"{MODEL}/infer", json=_matrix(VALUES, 1)).status_code == 401
    assert closed.get("/v2/health/ready").status_code == 200


def test_without_a_model_it_is_not_ready(settings: Any) -> None:
    from backend.app import create_app

    empty = create_app(settings).test_client()
    assert empty.get("/v2/health/ready").status_code == 503
    assert empty.get(MODEL).status_code == 503
