"""A JSON Schema in a few words of Markdown, with links to the models that it refers to."""

from typing import Any

Json = dict[str, Any]

MODELS_PAGE = "models.md"
BOUNDS = {
    "exclusiveMinimum": "above",
    "minimum": "from",
    "exclusiveMaximum": "below",
    "maximum": "to",
    "minLength": "at least",
    "maxLength": "at most",
    "minItems": "at least",
    "maxItems": "at most",
}


def type_words(schema: Json, page: str = "") -> str:
    """Return the type of a value; ``page`` is where models are described, empty for the same page.

    Examples
    --------
    >>> type_words({"anyOf": [{"type": "number"}, {"type": "null"}]})
    'number or null'
    >>> type_words({"type": "array", "items": {"$ref": "#/components/schemas/EventBody"}})
    'list of [EventBody](#eventbody)'
    """
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}]({page}#{anchor(name)})"
    if "anyOf" in schema:
        return " or ".join(type_words(one, page) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {type_words(schema.get('items', {}), page)}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {type_words(schema['additionalProperties'], page)}"
    return str(schema.get("format") or schema.get("type") or "any")


def bound_words(schema: Json) -> str:
    """Return what a value may be.

    Examples
    --------
    >>> bound_words({"type": "integer", "minimum": 1, "maximum": 1000})
    'from 1 to 1000'
    """
    for one in [schema, *schema.get("anyOf", [])]:
        words = [f"{word} {one[bound]}" for bound, word in BOUNDS.items() if bound in one]
        if words:
            return " ".join(words)
    return ""


def anchor(name: str) -> str:
    """Return the anchor of a model's heading."""
    return name.lower().replace("[", "").replace("]", "").replace("_", "-")
