"""The time zone at whose round times a window is cut into steps."""

from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from backend.contract.base import Request
from storage.errors import InvalidInput
from storage.schema.time_steps import zone_named

LONGEST_NAME = 64


def _known(name: str) -> str:
    try:
        zone_named(name)
    except InvalidInput as error:
        sentence = str(error).removesuffix(".")
        raise PydanticCustomError("time_zone", "{sentence}", {"sentence": sentence}) from error
    return name


ZONE_FORMAT = "time-zone"
ZoneName = Annotated[
    str,
    Field(max_length=LONGEST_NAME),
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "format": ZONE_FORMAT}),
]


class ZoneQuery(Request):
    """Queries whose answers have steps of time."""

    zone: ZoneName = Field(
        "UTC",
        description="Time zone in which steps begin at round times, such as Europe/Berlin. Times in the "
        "answer are in UTC all the same.",
    )
