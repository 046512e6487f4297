"""How much a request body can contain at most, told from its bytes before anything is parsed.

Parsing costs memory by the value, not by the byte: 8 MB of ``[],[],...`` took 2.8 GB and 20 s. So the
punctuation is counted first, at the speed of memory, and compared with what a valid body can have.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from pydantic import BaseModel

SLACK = 1_000
"""Unknown fields that are still named one by one."""
TEXTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""Each text, and one that does not end: so that no byte is looked at twice."""
LONGEST_TEXT_BYTES = 64 * 1024
LONGEST_NUMBER_BYTES = 32


@dataclass(frozen=True)
class Extent:
    """The most that a JSON value can have.

    ``containers`` are objects and arrays, ``marks`` colons and commas; ``fields`` are those of one object,
    ``numbers`` those that follow each other without a text between them.
    """

    containers: int = 0
    marks: int = 0
    fields: int = 0
    numbers: int = 0

    @classmethod
    def of(cls, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Self:
        """Return the extent of what a JSON schema allows; a list without a limit counts as empty."""
        if "$ref" in schema:
            return cls.of(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        if "anyOf" in schema and "properties" not in schema:
            return cls._largest([cls.of(each, definitions) for each in schema["anyOf"]])
        if "items" in schema:
            item, most = cls.of(schema["items"], definitions), schema.get("maxItems", 0)
            # The name of a field is a text, so only objects end a run of numbers.
            ends_runs = all(map(_is_object, _kinds(schema["items"], definitions)))
            numbers = item.numbers if ends_runs else most * max(1, item.numbers)
            containers, marks = 1 + most * item.containers, most * (1 + item.marks)
            return cls(containers, marks, item.fields, numbers)
        if isinstance(named := schema.get("additionalProperties"), dict):
            each, most = cls.of(named, definitions), schema.get("maxProperties", 0)
            return cls(1 + most * each.containers, most * (2 + each.marks), most, each.numbers)
        if "properties" in schema:
            parts = [cls.of(each, definitions) for each in schema["properties"].values()]
            return cls(
                1 + sum(part.containers for part in parts),
                sum(2 + part.marks for part in parts),
                max([len(parts), *(part.fields for part in parts)]),
                max((part.numbers for part in parts), default=0),
            )
        return cls()

    @classmethod
    def _largest(cls, extents: list[Self]) -> Self:
        return cls(
            max(each.containers for each in extents),
            max(each.marks for each in extents),
            max(each.fields for each in extents),
            max(each.numbers for each in extents),
        )

    def contains(self, body: bytes) -> bool:
        """Whether a valid body can have the punctuation of this one."""
        if not self._has_room(body) and not self._has_room_beside_texts(body):
            return False
        return self._has_no_huge_text(body) and self._has_no_huge_object(body)

    def _has_room_beside_texts(self, body: bytes) -> bool:
        # Before each text stands a mark or the begin of a container: of so many, taking them out costs more
        # than parsing would.
        quotes = body.count(b'"') - body.count(b'\\"')
        if quotes > 2 * (self.containers + self.marks + 2 * SLACK):
            return False
        containers, marks = _punctuation(body)
        # One by one: a copy of the body without its texts would cost 20 times its size.
        for text in TEXTS.finditer(body):
            of_text = _punctuation(text.group())
            containers, marks = containers - of_text[0], marks - of_text[1]
        return containers <= self.containers + SLACK and marks <= self.marks + SLACK

    def _has_room(self, body: bytes) -> bool:
        containers, marks = _punctuation(body)
        return containers <= self.containers + SLACK and marks <= self.marks + SLACK

    def _has_no_huge_text(self, body: bytes) -> bool:
        # Each problem holds a copy of its value, and a missing field one of the whole object.
        longest, begin = LONGEST_TEXT_BYTES + self.numbers * LONGEST_NUMBER_BYTES, 0
        while len(body) - begin > longest:
            quote = body.rfind(b'"', begin, begin + longest)
            if quote < 0:
                return False
            begin = quote + 1
        return True

    def _has_no_huge_object(self, body: bytes) -> bool:
        if body.count(b":") <= SLACK:
            return True
        most = self.fields + SLACK
        return all(part.count(b":") <= most for part in body.split(b"{"))


def _kinds(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the schemas of what a value may be."""
    if "$ref" in schema:
        return _kinds(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema and "properties" not in schema:
        return [kind for each in schema["anyOf"] for kind in _kinds(each, definitions)]
    return [schema]


def _is_object(schema: Mapping[str, Any]) -> bool:
    return "properties" in schema or "additionalProperties" in schema


def _punctuation(part: bytes) -> tuple[int, int]:
    """Return how many containers begin, and how many marks there are."""
    return part.count(b"{") + part.count(b"["), part.count(b":") + part.count(b",")


@lru_cache
def extent_of(model: type[BaseModel]) -> Extent:
    """Return the extent of a request's model."""
    schema = model.model_json_schema()
    return Extent.of(schema, schema.get("$defs", {}))
