"""The reference of the HTTP API, made from the service's own OpenAPI document."""

import json
import re
from collections.abc import Iterator

from tests.documentation.markdown import page, table
from tests.documentation.schema_words import (
    MODELS_PAGE,
    Json,
    anchor,
    bound_words,
    type_words,
)

INTRODUCTION = """
Every endpoint, by group. The running service describes itself in the same words: `/docs` is an interactive
page that needs no internet, `/openapi.json` the document for programs (OpenAPI 3.1), and `docs/postman/`
has the endpoints as a Postman collection. Fields of bodies and answers are on their [own page](models.md).

Requests and answers are JSON. Prices are in units of 100,000 USD, times are ISO 8601 in UTC. Every answer
carries the header `X-Request-ID`, which is yours if you send a valid one. A key goes into the header
`Authorization: Bearer <key>`; without a role named below, a key is needed only where [reading needs
one](../how-to/add-keys.md).

Every error has one shape (RFC 9457, `application/problem+json`, [ErrorResponse](models.md#errorresponse)):
`error` says what went wrong and what to do, and `validation_errors` names the fields. A request that has
a field the endpoint does not know is refused. A 500 is always a defect in the service.
"""
MODELS_INTRODUCTION = """
The fields of every body that the [API](api.md) takes and of every answer that it gives. New fields may be
added in any release, so a client should ignore those that it does not know.
"""


def api(document: Json) -> str:
    """Return the page of the endpoints of an OpenAPI document, a section for each of its tags."""
    groups: dict[str, list[str]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            groups[operation["tags"][0]].append(_operation(method.upper(), path, operation))
    sections = [
        f"## {name.capitalize()}\n\n" + "\n\n".join(operations)
        for name, operations in groups.items()
        if operations
    ]
    return page("HTTP API", INTRODUCTION, *sections)


def models(document: Json) -> str:
    """Return the page of the models of an OpenAPI document."""
    schemas = document["components"]["schemas"]
    return page("Bodies and answers", MODELS_INTRODUCTION, *map(_model, schemas, schemas.values()))


def _operation(method: str, path: str, operation: Json) -> str:
    parts = [f"### {method} {path} {{ #{_anchor(method, path)} }}"]
    parts.append(" ".join(filter(None, map(operation.get, ("summary", "description")))))
    if operation["parameters"]:
        head = ["parameter", "in", "type", "default", "meaning"]
        parts.append(table(head, [_parameter(one) for one in operation["parameters"]]).strip())
    parts.append("  \n".join(_traffic(operation)))
    return "\n\n".join(parts)


def _anchor(method: str, path: str) -> str:
    named = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "root"
    return f"{method.lower()}-{named}"


def _parameter(parameter: Json) -> list[str]:
    schema = parameter["schema"]
    kind = " ".join(filter(None, [type_words(schema, MODELS_PAGE), bound_words(schema)]))
    return [
        f"`{parameter['name']}`",
        parameter["in"],
        kind,
        _default(schema),
        parameter.get("description", ""),
    ]


def _traffic(operation: Json) -> Iterator[str]:
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]["schema"]
        yield f"Body: {type_words(content, MODELS_PAGE)}"
    for media_type, content in operation["responses"]["200"]["content"].items():
        named = "schema" in content
        yield f"Answer: {type_words(content['schema'], MODELS_PAGE) if named else f'`{media_type}`'}"
    errors = [status for status in operation["responses"] if status != "200"]
    if errors:
        yield f"Errors: {', '.join(errors)}"


def _model(name: str, schema: Json) -> str:
    parts = [f"## {name} {{ #{anchor(name)} }}"]
    if "description" in schema:
        parts.append(schema["description"].partition("\n\n")[0])
    required = schema.get("required", ())
    if "properties" in schema:
        rows = [
            _field(field, value, field in required) for field, value in schema["properties"].items()
        ]
        parts.append(table(["field", "type", "required or default", "meaning"], rows))
    else:
        parts.append(f"Type: {type_words(schema)}")
    return "\n\n".join(part.strip() for part in parts)


def _field(name: str, schema: Json, required: bool) -> list[str]:
    kind = " ".join(filter(None, [type_words(schema), bound_words(schema)]))
    presence = "required" if required else _default(schema)
    return [f"`{name}`", kind, presence, schema.get("description", "")]


def _default(schema: Json) -> str:
    return f"`{json.dumps(schema['default'])}`" if "default" in schema else ""
