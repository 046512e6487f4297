"""What a caller may say of a prediction beside its inputs: an id of its own, a few short texts, its source.

All are logged with the prediction and can be searched for; no model sees them.
"""

import re
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from storage.schema.source import CLIENT, Source
from storage.schema.text import LINE_FORM, is_storable

REFERENCE, METADATA = "reference", "metadata"
"""Their names: in requests beside the inputs, and as columns of predictions. No input can be called so."""
LONGEST_REFERENCE = 128
MOST_METADATA = 10
"""Entries of one prediction."""
LONGEST_METADATA_NAME = 40
LONGEST_METADATA_VALUE = 100
NAME_FORM = r"^[A-Za-z][A-Za-z0-9_-]*$"
LINE_BREAKS = re.compile(r"[\t\n\r\u2028\u2029]")


class Caller(NamedTuple):
    """What a caller said of one prediction; ``metadata`` is None rather than empty."""

    reference: str | None = None
    metadata: dict[str, str] | None = None
    source: Source = CLIENT


UNNAMED = Caller()
"""Of a prediction of which nothing was said."""


def wrong_line(text: str) -> str | None:
    r"""Return what is wrong with a text that has to be one plain line, to follow its name; None: nothing.

    >>> wrong_line("order 17"), wrong_line("a\0b")
    (None, 'must not contain control characters, tabs or line breaks')
    >>> wrong_line(" 17")
    'must not begin or end with a space'
    """
    if not is_storable(text) or LINE_BREAKS.search(text):
        return "must not contain control characters, tabs or line breaks"
    if text != text.strip():
        return "must not begin or end with a space"
    return None


def wrong_reference(text: str) -> str | None:
    """Return what is wrong with a caller's id, to follow its name; None: nothing.

    >>> wrong_reference("order-17"), wrong_reference("7" * 200)
    (None, 'has at most 128 characters')
    """
    if len(text) > LONGEST_REFERENCE:
        return f"has at most {LONGEST_REFERENCE} characters"
    return wrong_line(text)


def _one_line(text: str) -> str:
    problem = wrong_line(text)
    if problem is not None:
        raise PydanticCustomError("one_line", f"Text {problem}")
    return text


def _known_form(name: str) -> str:
    if not re.fullmatch(NAME_FORM, name):
        raise PydanticCustomError(
            "metadata_name",
            "A name of metadata begins with a letter and has only letters, digits, _ and -",
        )
    return name


def _few(given: Any) -> Any:
    if isinstance(given, dict) and len(given) > MOST_METADATA:
        raise PydanticCustomError("too_long", f"Metadata have at most {MOST_METADATA} entries")
    return given


Reference = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_REFERENCE, json_schema_extra={"pattern": LINE_FORM}),
    AfterValidator(_one_line),
]
"""The caller's own id of what is predicted on: one line, without spaces at its ends."""
MetadataName = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_METADATA_NAME),
    AfterValidator(_known_form),
]
MetadataValue = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_METADATA_VALUE),
    AfterValidator(_one_line),
]
Metadata = Annotated[
    dict[MetadataName, MetadataValue],
    Field(max_length=MOST_METADATA),
    BeforeValidator(_few),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": MOST_METADATA,
            "propertyNames": {"pattern": NAME_FORM, "maxLength": LONGEST_METADATA_NAME},
            "additionalProperties": {
                "type": "string",
                "minLength": 1,
                "maxLength": LONGEST_METADATA_VALUE,
                "pattern": LINE_FORM,
            },
        }
    ),
]
"""Short texts by name."""
