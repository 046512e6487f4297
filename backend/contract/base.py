"""Base models of all HTTP requests, responses and errors.

Values of the target are in its unit, times are ISO 8601 in UTC.
"""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    field_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from storage.domain.inputs import FEATURE_NAMES
from storage.schema.moment import Moment as Moment
from storage.schema.records import LONGEST_REASON as LONGEST_REASON
from storage.schema.records import utc_now
from storage.schema.text import NOT_BLANK_FORM, TEXT_FORM, is_storable

Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON, pattern=r"\S")]
"""The reason for a change: not empty, and stored with the change."""

SOURCE_HEADER = "X-Traffic-Source"
"""The header in which the holder of a key says whose traffic a request is."""

STARTING = "starting"
"""The ``code`` of answers while the service loads its first model."""

Status = Literal["ok", "not_enough_data"]
"""Whether there was enough data to judge; "not enough data" does not mean "nothing found"."""


def one_of_two(first: str, second: str, kind: str) -> dict[str, Any]:
    """Return what a JSON Schema says of two optional fields of a kind of which one must be given."""

    def only(given: str, other: str) -> dict[str, Any]:
        kinds = {given: {"type": kind}, other: {"type": "null"}}
        return {"required": [given], "properties": kinds}

    return {"anyOf": [only(first, second), only(second, first)]}


SPECIAL = {"enum", "const", "format"}
FORMS = {None: TEXT_FORM, r"\S": NOT_BLANK_FORM}
"""The pattern of texts of no form of their own, by the one that pydantic checks."""


def storable(value: Any) -> Any:
    """Return a value that is no text, or a text that can be stored; refuse any other."""
    if isinstance(value, str) and not is_storable(value):
        raise PydanticCustomError(
            "control_character", "Text must not contain control characters such as NUL"
        )
    return value


Storable = Annotated[str, AfterValidator(storable)]
"""A text of a ``Strict`` model."""


class Strict(BaseModel):
    """Base of what a client sends in great numbers: an unknown field is an error, texts are ``Storable``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say of each text what the check below refuses."""
        schema = handler(core_schema)
        for field in handler.resolve_ref_schema(schema).get("properties", {}).values():
            for one in (field, *field.get("anyOf", ())):
                if one.get("type") == "string" and not SPECIAL & {*one}:
                    pattern = one.get("pattern", field.get("pattern"))
                    one |= {} if pattern not in FORMS else {"pattern": FORMS[pattern]}
        return schema


class Request(Strict):
    """Base of what a client sends: an unknown field is an error, and so is text that is not storable."""

    @field_validator("*")
    @classmethod
    def _is_text(cls, value: Any) -> Any:
        return storable(value)


class Response(BaseModel):
    """Base of what the service answers; clients ignore fields they do not know."""

    model_config = ConfigDict(frozen=True, protected_namespaces=(), populate_by_name=True)

    timestamp: AwareDatetime = Field(
        default_factory=utc_now, description="When the service answered."
    )


class Success(Response):
    """The answer to a successful request."""

    success: Literal[True] = Field(True, description="Always true.")


class Described(BaseModel):
    """Base of the parts of an answer that the calculations fill in."""

    model_config = ConfigDict(frozen=True)


class ValidationProblem(BaseModel):
    """One invalid field of a request."""

    field: str = Field(description=f"Path of the field, such as `instances[3].{FEATURE_NAMES[0]}`.")
    message: str = Field(description="What is wrong with the value.")
    input: Any = Field(None, description="The value sent, if it is short enough to repeat.")
    kind: str = Field(
        "invalid",
        description='Kind of problem, such as "missing", "greater_than_equal" or "float_type".',
    )


class ErrorResponse(Response):
    """The form of every error (RFC 9457); ``error`` says what went wrong and what to do."""

    success: Literal[False] = Field(False, description="Always false.")
    type: str = Field("about:blank", description="Kind of problem, as a URI (RFC 9457).")
    title: str = Field(description="Kind of error in a few words.")
    status: int = Field(description="HTTP status.")
    detail: str = Field(description="Same as `error`.")
    instance: str = Field(description="Id of the request.")
    error: str = Field(description="What went wrong and what to do about it.")
    code: str | None = Field(
        None,
        description="`starting` while the service loads its first model; otherwise absent.",
    )
    validation_errors: list[ValidationProblem] | None = Field(
        None, description="Every invalid field of the request."
    )
