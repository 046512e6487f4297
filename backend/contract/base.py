"""What every request, response and error over HTTP has in common.

Prices are in units of 100,000 USD, times are ISO 8601 in UTC.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from storage.schema.records import LONGEST_REASON as LONGEST_REASON
from storage.schema.records import utc_now

Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON, pattern=r"\S")]
"""Why somebody changes something: not empty, and kept with the change."""

Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(9999, 1, 1, tzinfo=UTC)),
]
"""A time that is asked about: far enough from the ends of the calendar to reckon with."""


Status = Literal["ok", "not_enough_data"]
"""Whether there was enough to judge; too little is an answer of its own, not "nothing found"."""


class Request(BaseModel):
    """Base of what a client sends: an unknown name is an error, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Response(BaseModel):
    """Base of what the service answers; a client ignores the fields it does not know yet."""

    model_config = ConfigDict(frozen=True, protected_namespaces=(), populate_by_name=True)

    timestamp: AwareDatetime = Field(
        default_factory=utc_now, description="When the service answered."
    )


class Success(Response):
    """An answer to a request that was carried out."""

    success: Literal[True] = Field(True, description="Always true.")


class Described(BaseModel):
    """Base of the parts of an answer, which the computing side fills."""

    model_config = ConfigDict(frozen=True)


class ValidationProblem(BaseModel):
    """One thing wrong with a request body."""

    field: str = Field(description="Path of the field, such as `instances[3].MedInc`.")
    message: str = Field(description="What is wrong with the value.")
    input: Any = Field(None, description="The value sent, if it is short enough to repeat.")
    kind: str = Field(
        "invalid", description='Such as "missing", "greater_than_equal", "float_type".'
    )


class ErrorResponse(Response):
    """Every error, in the one shape of RFC 9457; ``error`` is a sentence that a person can act on."""

    success: Literal[False] = Field(False, description="Always false.")
    type: str = Field("about:blank", description="Kind of problem, as a URI (RFC 9457).")
    title: str = Field(description="Kind of error in a few words.")
    status: int = Field(description="HTTP status.")
    detail: str = Field(description="Same as `error`.")
    instance: str = Field(description="The id of the request.")
    error: str = Field(description="What went wrong and what to do about it.")
    validation_errors: list[ValidationProblem] | None = Field(
        None, description="Every invalid field of the request."
    )
