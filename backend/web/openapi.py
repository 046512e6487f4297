"""The OpenAPI 3.1 document of the service, built from its routes and the pydantic models they use."""

import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import available_timezones

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from backend.contract.base import SOURCE_HEADER, ErrorResponse
from backend.contract.idempotency import FORM, HEADER
from backend.contract.query.zone import ZONE_FORMAT
from backend.contract.service import SERVICE_MESSAGE
from backend.web.authorization import OPEN_TEMPLATES, own_role
from backend.web.operations import JSON, OPERATIONS, Operation
from backend.web.problem_document import MEDIA_TYPE
from storage.domain.target import TARGET_UNIT
from storage.schema.source import SOURCES
from storage.schema.text import TEXT_FORM
from storage.setting_groups.known_hosts import SAFE_METHODS
from storage.version import VERSION

REFERENCE = "#/components/schemas/{model}"
ID = {"type": "string", "minLength": 1, "pattern": TEXT_FORM}
ZONE = "TimeZone"
PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
ANY = Operation(None)
"""The description of a route that is missing in ``OPERATIONS``: only what holds for every route."""

PROBLEMS = {
    400: "The request is invalid; `validation_errors` names each field.",
    401: "A key is missing or not valid.",
    403: "The key's role does not allow this, or a page of another origin asks for it.",
    404: "Not found.",
    408: "The request body did not arrive in time.",
    409: "Not possible in the current state; `error` says why.",
    411: "The request has no Content-Length header.",
    413: "The request body is too large.",
    415: "The request body is not JSON, or compressed otherwise than with gzip.",
    421: "The header Host names no name of this server.",
    422: "The Idempotency-Key was sent with another request before.",
    503: "Temporarily unavailable; try again.",
}

Json = dict[str, Any]

IDEMPOTENCY_KEY: Json = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A key of your own for this request, such as a UUID. The same request with the same "
    "key is carried out once: for 24 hours it gets the same answer.",
    "schema": {"type": "string", "pattern": FORM},
}


def describe(app: Flask) -> Json:
    """Return the OpenAPI document of an application's routes."""
    schemas = Schemas()
    paths: dict[str, Json] = {}
    for method, rule in routes(app):
        summary = (app.view_functions[rule.endpoint].__doc__ or "").partition("\n")[0]
        path = PARAMETER.sub(r"{\1}", rule.rule)
        paths.setdefault(path, {})[method.lower()] = _operation(method, rule, summary, schemas)
    return {
        "openapi": "3.1.0",
        "info": _info(),
        "servers": [{"url": "/"}],
        "tags": [{"name": _tag(name)} for name in app.blueprints],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas.definitions,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Yield every method and rule that a client can request."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


class Schemas:
    """The JSON Schemas of all models that the operations use, each once."""

    def __init__(self) -> None:
        operations = OPERATIONS.values()
        pairs: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {
            (ErrorResponse, "serialization"): None
        }
        for operation in operations:
            if operation.body is not None:
                pairs[operation.body, "validation"] = None
            if operation.response is not None:
                pairs[operation.response, "serialization"] = None
        self._references, content = models_json_schema(list(pairs), ref_template=REFERENCE)
        self.definitions: Json = content["$defs"]
        names = "|".join(sorted(available_timezones())).replace("+", "[+]")
        self.definitions[ZONE] = {"type": "string", "pattern": f"^({names})$"}

    def sent(self, model: type[BaseModel]) -> Json:
        """Return the reference to a request model."""
        return self._references[model, "validation"]

    def answered(self, model: type[BaseModel]) -> Json:
        """Return the reference to a response model."""
        return self._references[model, "serialization"]


def _operation(method: str, rule: Rule, summary: str, schemas: Schemas) -> Json:
    described = OPERATIONS.get(f"{method} {rule.rule}", ANY)
    content: Json = {
        "operationId": f"{method.lower()}_{rule.endpoint.replace('.', '_')}",
        "tags": [_tag(rule.endpoint.partition(".")[0])],
        "summary": summary,
        "parameters": [
            *_path_parameters(rule),
            *_query_parameters(described.query),
            *([IDEMPOTENCY_KEY] if described.idempotent else []),
        ],
        "responses": _responses(method, rule, described, schemas),
        **_security(method, rule),
    }
    if described.body is not None:
        body = {"schema": schemas.sent(described.body)}
        others = {kind: {"schema": {"type": "string"}} for kind in described.other_bodies}
        content["requestBody"] = {
            "required": not described.may_be_empty,
            "content": {JSON: body, **others},
        }
    return content


def _tag(blueprint: str) -> str:
    return blueprint.replace("_", " ")


def _path_parameters(rule: Rule) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": ID}
        for name in PARAMETER.findall(rule.rule)
    ]


def _query_parameters(query: type[BaseModel] | None) -> list[Json]:
    if query is None:
        return []
    schema = query.model_json_schema()
    # As a client writes them: the schema shows a default duration in another notation.
    defaults = query.model_construct().model_dump(mode="json")
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": field.pop("description", ""),
            "schema": _with_zones(field)
            | ({"default": defaults[name]} if "default" in field else {}),
            **({"style": "deepObject", "explode": True} if _has_names(field) else {}),
        }
        for name, field in schema["properties"].items()
    ]


def _with_zones(field: Json) -> Json:
    """Refer to the names of all time zones, which the document has once."""
    return {"$ref": REFERENCE.format(model=ZONE)} if field.get("format") == ZONE_FORMAT else field


def _has_names(field: Json) -> bool:
    return any(each.get("type") == "object" for each in field.get("anyOf", [field]))


def _responses(method: str, rule: Rule, operation: Operation, schemas: Schemas) -> Json:
    answer: Json = {"description": "Success."}
    if operation.response is not None:
        answer["content"] = {JSON: {"schema": schemas.answered(operation.response)}}
    else:
        answer["content"] = {each: {} for each in (operation.media_type, *operation.other_types)}
    problem = {MEDIA_TYPE: {"schema": schemas.answered(ErrorResponse)}}
    problems: Json = {
        str(status): {"description": PROBLEMS[status], "content": problem}
        for status in _problem_statuses(method, rule, operation)
    }
    if operation.unhealthy:
        problems["503"] = answer | {"description": "No model is loaded."}
    return {"200": answer, **problems}


def _problem_statuses(method: str, rule: Rule, operation: Operation) -> list[int]:
    statuses = {
        400: operation.body is not None or operation.query is not None or bool(rule.arguments),
        401: rule.rule not in OPEN_TEMPLATES,
        403: own_role(method, rule.rule) is not None or method not in SAFE_METHODS,
        404: bool(rule.arguments) or operation.missing,
        408: operation.body is not None,
        409: operation.conflict or operation.idempotent,
        411: operation.body is not None,
        413: operation.body is not None,
        415: operation.body is not None,
        421: True,
        422: operation.idempotent,
        503: rule.rule not in OPEN_TEMPLATES,
    }
    return [status for status, possible in statuses.items() if possible]


def _security(method: str, rule: Rule) -> Json:
    if rule.rule in OPEN_TEMPLATES:
        return {}
    role = own_role(method, rule.rule)
    if role is not None:
        needed = f"Needs a key with the role {role.name.lower()}."
        return {"security": [{"key": []}], "description": needed}
    return {"security": [{}, {"key": []}]}  # open on the loopback address, behind a key elsewhere


def _info() -> Json:
    return {
        "title": SERVICE_MESSAGE,
        "version": VERSION,
        "description": f"Values of the target are in {TARGET_UNIT}, times are ISO 8601 in UTC. "
        "Every answer has the header X-Request-ID. All errors have the same form (RFC 9457) and say what to "
        f"do. A request with a key may say whose traffic it is, in the header {SOURCE_HEADER}: "
        f"{', '.join(SOURCES)}; a client's by default.",
    }
