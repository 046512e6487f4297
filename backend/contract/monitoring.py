"""Monitoring: its configuration, its state, its timeline, and asking for a retraining."""

from typing import Any, Literal, get_args

from pydantic import AwareDatetime, BaseModel, Field, RootModel, field_validator

from backend.contract.base import Reason, Request, Success
from backend.contract.records import PageResponse, Row, WindowQuery
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.records import EventKind
from storage.schema.triggers import DataWindow, TriggerSource

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
    "StatusResponse",
    "TriggerRequest",
    "TriggerResponse",
    "TriggerSource",
]


class ConfigValue(BaseModel):
    """One value of the configuration, described for a form. ``bounds``: gt, ge, lt, le."""

    name: str
    type: Literal["bool", "int", "float"]
    default: bool | int | float
    unit: str
    help: str
    bounds: dict[str, float]


class ConfigResponse(Success):
    """GET and PUT /monitoring/config: what is in force, and since which change (0: the defaults)."""

    config: MonitoringConfig
    version: int
    changed_at: AwareDatetime | None
    changed_by: str | None
    readable: bool = Field(
        description="False while the database is away and the defaults stand in for it."
    )
    definitions: list[ConfigValue]


class ConfigChange(RootModel[dict[str, Any]]):
    """PUT /monitoring/config: new values by name; the others stay as they are."""

    root: dict[str, Any] = Field(min_length=1)


class TriggerRequest(Request):
    """POST /monitoring/trigger-retraining"""

    reason: Reason
    window: DataWindow | None = Field(
        None, description="The logged predictions that this is about, if some are meant."
    )


class TriggerResponse(Success):
    """POST /monitoring/trigger-retraining: ``trigger_file`` lies in the folder of triggers."""

    status: Literal["success"] = "success"
    trigger_id: str
    trigger_file: str
    message: str


class LastCheck(BaseModel):
    """The newest scheduled check, as its event tells it."""

    timestamp: AwareDatetime
    summary: str
    figures: dict[str, Any]


class StatusResponse(Success):
    """GET /monitoring/status

    ``monitoring_active``: the monitor process wrote its summary not long ago. ``last_check`` is None
    before the first one, and while the database is away (``database_available``).
    """

    monitoring_active: bool
    monitor_seen_at: AwareDatetime | None
    drift_detection_enabled: bool
    performance_monitoring_enabled: bool
    automatic_retraining_enabled: bool
    pending_retraining_triggers: int
    running_retrainings: list[str]
    trigger_files: list[str]
    last_check: LastCheck | None
    database_available: bool


class HistoryQuery(WindowQuery):
    """GET /monitoring/history: ``kind`` is one kind of event, or several separated by commas."""

    kind: str | None = None

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str | None) -> str | None:
        unknown = set(kind.split(",")) - set(get_args(EventKind)) if kind is not None else set()
        if unknown:
            raise ValueError(f"kind is one or more of {', '.join(get_args(EventKind))}")
        return kind

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds asked for; empty means all of them."""
        return tuple(self.kind.split(",")) if self.kind is not None else ()


class EventRow(Row):
    """One event: what happened to ``subject`` (a trigger, a version), who did it, and the figures."""

    event_id: str
    kind: EventKind
    actor: str
    subject: str | None
    summary: str
    figures: dict[str, Any]


class HistoryResponse(PageResponse):
    """GET /monitoring/history: newest first."""

    events: list[EventRow]
