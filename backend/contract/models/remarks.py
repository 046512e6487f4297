"""POST /models/<version>/remarks: notes and tags that people give to versions."""

import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from backend.contract.alerts import Person
from backend.contract.base import Reason, Request, Success
from storage.models.remarks import MOST_TAGS
from storage.models.remarks import VersionNote as VersionNote

LONGEST_TAG = 30
TAG = r"^[a-z0-9][a-z0-9._-]*$"


def _named(tag: Any) -> Any:
    if isinstance(tag, str) and (len(tag) > LONGEST_TAG or not re.match(TAG, tag)):
        raise PydanticCustomError(
            "tag",
            "a tag has lower-case letters, digits, dot, dash and underscore, {most} at most",
            {"most": LONGEST_TAG},
        )
    return tag


Tag = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_TAG, pattern=TAG),
    BeforeValidator(_named),
]
"""Lower-case letters, digits, dot, dash and underscore, so that one thing has one tag."""
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]


SAYS_SOMETHING: dict[str, Any] = {
    "anyOf": [
        {"required": ["note"], "properties": {"note": {"type": "string"}}},
        {"required": ["add_tags"], "properties": {"add_tags": {"minItems": 1}}},
        {"required": ["remove_tags"], "properties": {"remove_tags": {"minItems": 1}}},
    ]
}


class RemarksRequest(Request):
    """POST /models/<version>/remarks: a note, tags to add, tags to remove, or several of these."""

    model_config = ConfigDict(json_schema_extra=SAYS_SOMETHING)

    person: Person = Field(description="Name of the person.")
    note: Reason | None = Field(None, description="What others should know of the version.")
    add_tags: Tags = Field(default_factory=list, description="Tags that it gets.")
    remove_tags: Tags = Field(default_factory=list, description="Tags that it loses.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.note is None and not self.add_tags and not self.remove_tags:
            raise ValueError("send a note, or tags to add or to remove")
        return self


class RemarksResponse(Success):
    """What the version has now."""

    version: str = Field(description="Name of the version.")
    tags: list[str] = Field(description="Its tags, in alphabetical order.")
    notes: list[VersionNote] = Field(description="Its notes, the newest first.")
