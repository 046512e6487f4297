"""The Postman collection in docs/postman, made from the service's own OpenAPI document."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from backend.app import create_app
from backend.web.openapi import describe
from storage.domain.inputs import EXAMPLE
from storage.settings import Settings
from tests.system import REPOSITORY

Json = dict[str, Any]

COLLECTION = REPOSITORY / "docs" / "postman" / "california_housing.postman_collection.json"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
DESCRIPTION = (
    "Set the variables `base_url` and `key`; `make up` keeps its keys in runtime/keys.env, and without a key "
    "whatever only reads or predicts is answered on the same machine when the authorization is switched off. "
    "POST /predict keeps its `prediction_id` and a retraining's request its `trigger_id` for the others."
)
REASON = {"reason": "Tried from Postman."}
PERSON = REASON | {"person": "Ada"}
BODIES: dict[str, Json] = {
    "InferRequest": {
        "inputs": [
            {"name": name, "shape": [1, 1], "datatype": "FP64", "data": [value]}
            for name, value in EXAMPLE.items()
        ]
    },
    "InvocationsRequest": {"dataframe_records": [EXAMPLE]},
    "HousingFeatures": EXAMPLE,
    "PredictionRequest": EXAMPLE | {"reference": "order-17"},
    "BatchPredictionRequest": {"instances": [EXAMPLE, EXAMPLE | {"MedInc": 3.1}]},
    "CounterfactualsRequest": {"input": EXAMPLE, "at_most": 2.5},
    "FeedbackRequest": {"items": [{"prediction_id": "{{prediction_id}}", "actual": 4.2}]},
    "DriftRequest": {"data": [EXAMPLE]},
    "AlertTrialRequest": {"alert_error_share": 0.02},
    "ConfigChange": {"cooldown_hours": 24.0},
    "RetrainingCheckRequest": {"new_data": [EXAMPLE], "predictions": [4.2], "actuals": [4.5]},
    "TriggerRequest": REASON,
    "CancelRequest": REASON,
    "ChampionChange": REASON,
    "AcknowledgeRequest": PERSON | {"owner": "Ada"},
    "SilenceRequest": PERSON | {"until": "2026-12-24T12:00:00Z"},
    "NoteRequest": {"person": "Ada", "note": "Tried from Postman."},
    "AlertAct": PERSON,
    "KeyRequest": PERSON | {"name": "postman", "role": "viewer", "expires_days": 1},
    "KeyRotation": PERSON | {"overlap_hours": 24.0},
    "KeyRevocation": PERSON,
    "RemarksRequest": {"person": "Ada", "note": "Tried from Postman.", "add_tags": ["tried"]},
    "TimelineNoteRequest": {"person": "Ada", "note": "Tried from Postman."},
}
"""What is sent, by the name of the body's model."""
KEPT = {
    "post_predictions_predict": "prediction_id",
    "post_retraining_trigger_retraining": "trigger_id",
}
"""What of an answer the next requests need, by the operation."""
PATH_VALUES = {"asset": "start.js"}


def collection(document: Json) -> Json:
    """Return an OpenAPI document as a Postman collection (2.1), a folder for each tag."""
    folders: dict[str, list[Json]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            folders[operation["tags"][0]].append(_request(method.upper(), path, operation))
    return {
        "info": {
            "_postman_id": str(uuid5(NAMESPACE_URL, document["info"]["title"])),
            "name": document["info"]["title"],
            "description": f"{document['info']['description']}\n\n{DESCRIPTION}",
            "schema": SCHEMA,
        },
        "auth": {"type": "bearer", "bearer": [_variable("token", "{{key}}")]},
        "variable": list(_variables(document)),
        "item": [{"name": name, "item": items} for name, items in folders.items() if items],
    }


def document() -> Json:
    """Return the document of an application that has recorded nothing yet."""
    with tempfile.TemporaryDirectory() as folder:
        return describe(create_app(Settings(runtime_directory=Path(folder))))


def text(document: Json) -> str:
    """Return the file's content."""
    return json.dumps(collection(document), indent=2) + "\n"


def body_model(operation: Json) -> str | None:
    """Return the name of the model that an operation takes; None if it takes no body."""
    if "requestBody" not in operation:
        return None
    reference: str = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return reference.rpartition("/")[2]


def _request(method: str, path: str, operation: Json) -> Json:
    request: Json = {
        "method": method,
        "description": " ".join(filter(None, map(operation.get, ("summary", "description")))),
        "url": _url(path, operation["parameters"]),
    }
    if "security" not in operation:
        request["auth"] = {"type": "noauth"}
    model = body_model(operation)
    if model is not None:
        request["header"] = [_variable("Content-Type", "application/json")]
        request["body"] = {"mode": "raw", "raw": json.dumps(BODIES[model], indent=2)}
    item: Json = {"name": f"{method} {path}", "request": request, "response": []}
    kept = KEPT.get(operation["operationId"])
    if kept is not None:
        item["event"] = [{"listen": "test", "script": _keep(kept)}]
    return item


def _keep(name: str) -> Json:
    line = f'pm.collectionVariables.set("{name}", pm.response.json().{name});'
    return {"type": "text/javascript", "exec": [line]}


def _url(path: str, parameters: list[Json]) -> Json:
    inside = [one["name"] for one in parameters if one["in"] == "path"]
    parts = path.replace("{", ":").replace("}", "").strip("/").split("/")
    return {
        "raw": "/".join(["{{base_url}}", *parts]),
        "host": ["{{base_url}}"],
        "path": parts,
        "variable": [_variable(name, PATH_VALUES.get(name, f"{{{{{name}}}}}")) for name in inside],
        "query": [_query(one) for one in parameters if one["in"] == "query"],
    }


def _query(parameter: Json) -> Json:
    """Return a parameter with its default; switched off, since each may be left out."""
    default = parameter["schema"].get("default")
    value = "" if default is None else json.dumps(default).strip('"')
    described = {"description": parameter["description"], "disabled": not parameter["required"]}
    has_names = parameter.get("style") == "deepObject"
    key = f"{parameter['name']}[name]" if has_names else parameter["name"]
    return {"key": key, "value": value} | described


def _variables(document: Json) -> Iterator[Json]:
    yield _variable("base_url", "http://127.0.0.1:5000")
    yield _variable("key", "")
    names = {
        parameter["name"]
        for item in document["paths"].values()
        for operation in item.values()
        for parameter in operation["parameters"]
        if parameter["in"] == "path" and parameter["name"] not in PATH_VALUES
    }
    for name in sorted(names):
        yield _variable(name, "")


def _variable(key: str, value: str) -> Json:
    return {"key": key, "value": value, "type": "string"}
