"""The description is valid OpenAPI, covers every route, and is what the service really does."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from backend.web.openapi import PARAMETER, routes
from backend.web.operations import OPERATIONS
from storage.domain.inputs import EXAMPLE


@pytest.fixture
def document(http: FlaskClient) -> dict[str, Any]:
    answer = http.get("/openapi.json")
    assert answer.mimetype == "application/json"
    assert isinstance(answer.json, dict)
    return answer.json


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_route_is_described(http: FlaskClient, document: dict[str, Any]) -> None:
    routed = {f"{method} {rule.rule}" for method, rule in routes(http.application)}
    assert set(OPERATIONS) == routed, "list new endpoints in backend/web/operations.py"
    described = {
        f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
    }
    assert described == {PARAMETER.sub(r"{\1}", name) for name in routed}
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    assert all(operation["summary"] for operation in operations)


def test_every_schema_is_json_schema_and_every_reference_leads_somewhere(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    names = {reference.rpartition("/")[2] for reference in _references(document)}
    assert names <= set(schemas)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/", None),
        ("GET", "/health", None),
        ("GET", "/info", None),
        ("GET", "/schema", None),
        ("POST", "/predict", EXAMPLE),
        ("POST", "/predict_batch", {"instances": [EXAMPLE]}),
        ("POST", "/sensitivity", EXAMPLE),
        ("POST", "/nearest_districts", EXAMPLE),
    ],
)
def test_answers_are_what_is_described(
    http: FlaskClient, document: dict[str, Any], method: str, path: str, body: object
) -> None:
    good = http.open(path, method=method, json=body)
    assert good.status_code == 200
    _validate(document, path, method, good.status_code, good.json)
    if body is not None:
        bad = http.open(path, method=method, json={"wrong": 1})
        _validate(document, path, method, bad.status_code, bad.json)
        assert bad.status_code == 400


def test_what_changes_state_says_its_role(document: dict[str, Any]) -> None:
    clear = document["paths"]["/database/clear"]["post"]
    assert clear["security"] == [{"key": []}]
    assert "admin" in clear["description"]
    assert {"401", "403"} <= clear["responses"].keys()


def test_the_page_asks_for_nothing_from_elsewhere(http: FlaskClient) -> None:
    page = http.get("/docs")
    assert page.mimetype == "text/html"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in page.get_data(as_text=True)
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        assert f"/docs/{name}" in page.get_data(as_text=True)
        first = http.get(f"/docs/{name}")
        assert first.status_code == 200
        again = http.get(f"/docs/{name}", headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304


@pytest.mark.parametrize("name", ["LICENSE", "..%2fstart.js", "nothing.js"])
def test_only_the_pages_own_files_are_served(http: FlaskClient, name: str) -> None:
    assert http.get(f"/docs/{name}").status_code == 404


def _validate(
    document: dict[str, Any], path: str, method: str, status: int, answer: object
) -> None:
    response = document["paths"][path][method.lower()]["responses"][str(status)]
    (content,) = response["content"].values()
    # Draft 2020-12 finds "#/components/..." in the schema that is validated against.
    schema = {**content["schema"], "components": document["components"]}
    Draft202012Validator(schema).validate(answer)


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for value in part.values() for found in _references(value)]
    if isinstance(part, list):
        return [found for value in part for found in _references(value)]
    return []
