"""The schema of everything that is stored. A spool record is one line in a process's spool file."""

import secrets
import time
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
)

from storage.domain.inputs import HousingFeatures
from storage.schema.source import CLIENT, Source
from storage.schema.traffic import Stages

LONGEST_MESSAGE = 20_000
"""Characters of a log message or error message that are kept."""
LONGEST_REASON = 500
"""Characters of the reason for a retraining or for another change."""


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a new identifier: 32 hexadecimal characters, the milliseconds since 1970 and 80 random bits.

    Ids created one after another are adjacent in an index, where random ones would each touch another page
    (as in RFC 9562, version 7). So the beginning of an id is not random: see ``new_suffix``.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def new_suffix() -> str:
    """Return six random hexadecimal characters, to tell two names of the same moment apart."""
    return secrets.token_hex(3)


class Record(BaseModel):
    """Base of everything stored: immutable and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SpoolRecord(Record):
    """A record that reaches the database through the spool, into ``table``."""

    table: ClassVar[str]
    timestamp: AwareDatetime = Field(default_factory=utc_now)

    def row(self) -> dict[str, Any]:
        """Return the column values of this record's table."""
        return self.model_dump(exclude={"kind"})

    def parts(self) -> "tuple[SpoolRecord, ...]":
        """Return the one-row records that this record consists of."""
        return (self,)


class _PredictionFields(SpoolRecord):
    table = "predictions"
    prediction_id: str = Field(default_factory=new_id)
    request_id: str
    inputs: HousingFeatures
    prediction: float
    interval_lower: float | None = None
    interval_upper: float | None = None
    model_type: str
    model_version: str
    reference: str | None = None
    metadata: dict[str, str] | None = None
    source: Source = CLIENT


class PredictionRecord(_PredictionFields):
    """One answered prediction and its interval, in the target's unit."""

    kind: Literal["prediction"] = "prediction"

    def row(self) -> dict[str, Any]:
        """Return the column values, the inputs as columns of their own."""
        return self.model_dump(exclude={"kind", "inputs"}) | self.inputs.model_dump()


class RequestRecord(SpoolRecord):
    """One answered HTTP request. ``endpoint`` is the route template; ``response_time`` in seconds."""

    table = "api_metrics"
    kind: Literal["request"] = "request"
    endpoint: str
    method: str
    status_code: int
    response_time: float
    success: bool
    error_message: str | None = None
    request_id: str
    model_version: str | None = None
    source: Source = CLIENT


class AnswerRecord(_PredictionFields):
    """One prediction and the request that it answered: two rows from one line, both or neither.

    ``endpoint``, ``method``, ``status_code`` and ``response_time`` are those of a ``RequestRecord``.
    """

    kind: Literal["answer"] = "answer"
    endpoint: str
    method: str
    status_code: int
    response_time: float

    def parts(self) -> tuple[SpoolRecord, ...]:
        """Return the prediction and the request."""
        asked = {"endpoint", "method", "status_code", "response_time"}
        fields = {name: getattr(self, name) for name in type(self).model_fields if name != "kind"}
        predicted = {name: value for name, value in fields.items() if name not in asked}
        shared = asked | {"timestamp", "request_id", "model_version", "source"}
        request = {name: fields[name] for name in shared}
        return (
            PredictionRecord(**predicted),
            RequestRecord(success=self.status_code < 400, **request),
        )


class LogRecord(SpoolRecord):
    """One line of a process's log; ``module`` is the logger's name."""

    table = "logs"
    kind: Literal["log"] = "log"
    level: str
    module: str
    message: Annotated[str, Field(max_length=LONGEST_MESSAGE)]
    process: str
    request_id: str | None = None


class ShadowRecord(SpoolRecord):
    """What a challenger would have answered in place of the champion, in the target's unit.

    ``timestamp`` is when the champion answered; ``difference`` the challenger's answer minus the champion's.
    """

    table = "shadow_answers"
    kind: Literal["shadow"] = "shadow"
    prediction_id: str
    model_version: str
    prediction: float
    interval_lower: float
    interval_upper: float
    difference: float


class RefusedInputRecord(SpoolRecord):
    """One input that a request to predict was refused for; a batch has one for each input and problem.

    ``problem`` is the kind of problem, ``problems`` how many rows had it, ``value`` the median of the numbers
    that were sent, None if none was a number.
    """

    table = "refused_inputs"
    kind: Literal["refused_input"] = "refused_input"
    request_id: str
    field: str
    problem: str
    problems: int
    value: float | None
    source: Source = CLIENT


class StagesRecord(SpoolRecord):
    """One slow request once more, with where its time went, the logging of its own answer included.

    It is kept with the slowest requests, in place of the copy without stages. ``timestamp`` and the fields
    beside ``stages`` are those of its ``RequestRecord``.
    """

    table = "slowest_requests"
    kind: Literal["stages"] = "stages"
    endpoint: str
    method: str
    status_code: int
    request_id: str
    model_version: str | None
    source: Source = CLIENT
    stages: Stages


class ModelMetricsRecord(SpoolRecord):
    """One trained model's figures on the test part. Errors in the target's unit, time in seconds."""

    table = "model_metrics"
    kind: Literal["model_metrics"] = "model_metrics"
    model_name: str
    model_type: str
    model_version: str
    rmse: float
    mae: float
    r2_score: float
    training_time: float
    parameters: dict[str, Any]


EventKind = Literal[
    "check",
    "alert",
    "trigger",
    "retraining",
    "promotion",
    "rollback",
    "watch",
    "configuration",
    "clear",
    "note",
]
"""The kinds of events on the timeline."""


class EventRecord(SpoolRecord):
    """An entry of the timeline that an operator may look for later.

    ``subject`` is what it concerns (a trigger id, a model version), ``summary`` a sentence for a person,
    ``figures`` its causes or results.
    """

    table = "events"
    kind: Literal["event"] = "event"
    event_id: str = Field(default_factory=new_id)
    event_kind: EventKind
    actor: Annotated[str, Field(max_length=100)]
    subject: Annotated[str, Field(max_length=128)] | None = None
    summary: Annotated[str, Field(max_length=LONGEST_MESSAGE)]
    figures: dict[str, Any] = Field(default_factory=dict)


class CommandRecord(SpoolRecord):
    """A command to the log-writer, the only process that writes to the database."""

    table = "command_results"
    kind: Literal["command"] = "command"
    command_id: str = Field(default_factory=new_id)
    name: Literal["clear_database", "attach_labels", "change_monitoring_config", "believe_clock"]
    arguments: dict[str, Any] = Field(default_factory=dict)
    expires_at: AwareDatetime


AnySpoolRecord = Annotated[
    PredictionRecord
    | RequestRecord
    | AnswerRecord
    | LogRecord
    | ShadowRecord
    | RefusedInputRecord
    | StagesRecord
    | ModelMetricsRecord
    | EventRecord
    | CommandRecord,
    Field(discriminator="kind"),
]
SPOOL_RECORD: TypeAdapter[AnySpoolRecord] = TypeAdapter(AnySpoolRecord)
