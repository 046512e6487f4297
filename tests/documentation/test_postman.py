"""The Postman collection is in step with the service, and its bodies are such as the service takes."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.documentation import postman
from tests.documentation.markdown import COMMAND


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return postman.document()


def test_the_file_is_made_from_the_service_as_it_is(document: dict[str, Any]) -> None:
    kept = postman.COLLECTION.read_text()
    assert kept == postman.text(document), f"run: {COMMAND}"


def test_every_operation_is_a_request(document: dict[str, Any]) -> None:
    described = {
        f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
    }
    made = postman.collection(document)
    assert {request["name"] for folder in made["item"] for request in folder["item"]} == described


def test_every_body_is_what_its_endpoint_takes(document: dict[str, Any]) -> None:
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    models = {model for one in operations if (model := postman.body_model(one)) is not None}
    assert models == set(postman.BODIES)
    for model in models:
        schema = {
            "$ref": f"#/components/schemas/{model}",
            "components": document["components"],
        }
        body = json.loads(json.dumps(postman.BODIES[model]).replace("{{prediction_id}}", "a1"))
        Draft202012Validator(schema).validate(body)


def test_what_is_kept_of_an_answer_is_in_it_and_used(document: dict[str, Any]) -> None:
    operations = {
        operation["operationId"]: operation
        for item in document["paths"].values()
        for operation in item.values()
    }
    variables = {one["key"] for one in postman.collection(document)["variable"]}
    for name, kept in postman.KEPT.items():
        content = operations[name]["responses"]["200"]["content"]["application/json"]
        model = content["schema"]["$ref"].rpartition("/")[2]
        assert kept in document["components"]["schemas"][model]["properties"]
        assert kept in variables
