"""Monitoring: its configuration, state and timeline, and requesting a retraining."""

from typing import Any, Literal, Self, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from backend.contract.alerts import Person
from backend.contract.base import Reason, Request, Success
from backend.contract.query.sources import listed
from backend.contract.records import PageResponse, Row, WindowQuery
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.records import EventKind
from storage.schema.triggers import DataWindow, TrainingPlan, TriggerSource

__all__ = [
    "ConfigChange",
    "ConfigResponse",
    "ConfigValue",
    "DataWindow",
    "EventRow",
    "HistoryQuery",
    "HistoryResponse",
    "LastCheck",
    "MonitoringConfig",
    "RequestedSource",
    "StatusResponse",
    "TrainingPlan",
    "TriggerRequest",
    "TriggerResponse",
    "TriggerSource",
]


class ConfigValue(BaseModel):
    """One value of the configuration, described for a form."""

    name: str = Field(description="Name of the value.")
    type: Literal["bool", "int", "float"] = Field(description="Type of the value.")
    default: bool | int | float = Field(description="Default value.")
    unit: str = Field(description="Unit; empty if it has none.")
    help: str = Field(description="What the value does.")
    bounds: dict[str, float] = Field(description="Limits by kind: gt, ge, lt, le.")


class ConfigResponse(Success):
    """GET and PUT /monitoring/config: the values in force, and the change that set them."""

    config: MonitoringConfig = Field(description="The configuration in force.")
    version: int = Field(description="Number of the last change; 0 for the defaults.")
    changed_at: AwareDatetime | None = Field(description="When it was last changed.")
    changed_by: str | None = Field(
        description="Key that last changed it: its name and role, or the role alone."
    )
    readable: bool = Field(
        description="False if the database is unavailable; the defaults then apply."
    )
    definitions: list[ConfigValue] = Field(
        description="Type, default, unit, limits and meaning of each value."
    )


def _with_values(schema: dict[str, Any]) -> None:
    """Say which names the values have, and that there must be one."""
    values = MonitoringConfig.model_json_schema()["properties"]
    schema["properties"] |= {name: each | {"title": name} for name, each in values.items()}
    schema["additionalProperties"] = False
    schema["anyOf"] = [{"required": [name]} for name in values]


class ConfigChange(BaseModel):
    """PUT /monitoring/config: new values by name, and who sets them and why; the others keep theirs."""

    model_config = ConfigDict(extra="allow", frozen=True, json_schema_extra=_with_values)

    person: Person | None = Field(None, description="Name of the person; audited.")
    reason: Reason | None = Field(None, description="Why; audited.")

    @property
    def values(self) -> dict[str, Any]:
        """The new values by name, not checked yet."""
        return dict(self.model_extra or {})

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_extra:
            raise ValueError("send at least one value")
        return self


RequestedSource = Literal["manual", "drift", "degradation", "age", "labels"]
"""The sources that a person's request can have; "schedule" is the monitor's own."""


class TriggerRequest(Request):
    """POST /monitoring/trigger-retraining"""

    person: Person | None = Field(None, description="Name of the person who asks for it.")
    reason: Reason = Field(description="Why the model should be retrained.")
    source: RequestedSource = Field(
        "manual",
        description="Finding of a check that the request acts on. With `drift` or `degradation`, the gate"
        " also promotes what is better on recent predictions and not worse on the test part.",
    )
    window: DataWindow | None = Field(
        None, description="Logged predictions that the request refers to."
    )
    plan: TrainingPlan | None = Field(
        None, description="What this retraining does otherwise than the settings say."
    )
    force: bool = Field(
        False,
        strict=True,
        description="Train even if the champion has learned the same rows with the same settings.",
    )


class TriggerResponse(Success):
    """POST /monitoring/trigger-retraining: ``trigger_file`` is in the triggers folder."""

    status: Literal["success"] = Field("success", description='Always "success".')
    trigger_id: str = Field(description="Id of the retraining.")
    trigger_file: str = Field(description="Name of the trigger file.")
    message: str = Field(description="The result in words.")


class LastCheck(BaseModel):
    """The latest scheduled check, from its event."""

    timestamp: AwareDatetime = Field(description="When the check ran.")
    summary: str = Field(description="Result in one sentence.")
    figures: dict[str, Any] = Field(description="Figures behind the result.")


class StatusResponse(Success):
    """GET /monitoring/status

    ``monitoring_active``: the monitor process wrote its summary recently. ``last_check`` is null
    before the first check, and while the database is unavailable (``database_available``).
    """

    monitoring_active: bool = Field(description="Whether the monitor is running.")
    monitor_seen_at: AwareDatetime | None = Field(
        description="When the monitor last wrote its summary."
    )
    drift_detection_enabled: bool = Field(description="Whether drift is checked.")
    performance_monitoring_enabled: bool = Field(description="Whether the error is checked.")
    automatic_retraining_enabled: bool = Field(
        description="Whether checks may request a retraining."
    )
    pending_retraining_triggers: int = Field(description="Number of queued retrainings.")
    running_retrainings: list[str] = Field(description="Ids of running retrainings.")
    trigger_files: list[str] = Field(description="Trigger files of queued retrainings.")
    last_check: LastCheck | None = Field(description="The latest scheduled check.")
    database_available: bool = Field(description="Whether the database can be read.")


class HistoryQuery(WindowQuery):
    """GET /monitoring/history: ``kind`` is one kind of event, or several separated by commas."""

    kind: str | None = Field(
        None,
        description="Kinds of event, separated by commas; all by default.",
        json_schema_extra={"pattern": listed(get_args(EventKind))},
    )

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str | None) -> str | None:
        unknown = set(kind.split(",")) - set(get_args(EventKind)) if kind is not None else set()
        if unknown:
            raise ValueError(f"kind must be one or more of {', '.join(get_args(EventKind))}")
        return kind

    @property
    def kinds(self) -> tuple[str, ...]:
        """The requested kinds; empty means all."""
        return tuple(self.kind.split(",")) if self.kind is not None else ()


class EventRow(Row):
    """One event: what happened to ``subject`` (a retraining, a version), who caused it, and the figures."""

    event_id: str = Field(description="Id of the event.")
    kind: EventKind = Field(description="Kind of event.")
    actor: str = Field(
        description="Key (its name and role, or the role alone) or process that caused it."
    )
    subject: str | None = Field(description="What it concerns, such as a retraining or a version.")
    summary: str = Field(description="What happened, in one sentence.")
    figures: dict[str, Any] = Field(description="Details of the event.")


class HistoryResponse(PageResponse):
    """GET /monitoring/history: newest first."""

    events: list[EventRow] = Field(description="Newest first.")
