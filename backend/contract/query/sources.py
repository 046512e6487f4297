"""Sources of traffic in a query string, such as `client,batch`, and what an answer says of the others."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from storage.schema.source import CUSTOMERS as CUSTOMERS
from storage.schema.source import MOST_LEFT_OUT, in_order
from storage.schema.source import SOURCES as SOURCES
from storage.schema.source import Source as Source


def listed(words: Sequence[str]) -> str:
    """Return the pattern of one or more words separated by commas.

    Examples
    --------
    >>> listed(["a", "b"])
    '^(a|b)(,(a|b))*$'
    """
    any_word = "|".join(words)
    return f"^({any_word})(,({any_word}))*$"


def read_sources(value: Any) -> Any:
    """Parse sources separated by commas; return a tuple of them unchanged.

    Raises
    ------
    PydanticCustomError
        If there is none, or an unknown one.

    Examples
    --------
    >>> read_sources("batch,client")
    ('client', 'batch')
    """
    if not isinstance(value, str):
        return value
    words = set(value.split(","))
    if not words <= set(SOURCES):
        raise PydanticCustomError(
            "sources", f"write one or more of {', '.join(SOURCES)}, separated by commas"
        )
    return tuple(in_order([source for source in SOURCES if source in words]))


Sources = Annotated[
    tuple[Source, ...],
    BeforeValidator(read_sources),
    PlainSerializer(",".join, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": listed(SOURCES)}),
]
"""Whose traffic a query is about."""

LeftOut = Annotated[
    dict[Source, int],
    Field(
        description="Predictions of the window from other sources, by source, which are not judged; "
        f"{MOST_LEFT_OUT:,} stands for that or more."
    ),
]
"""What of a window is from other sources than the requested ones."""
