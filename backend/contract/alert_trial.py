"""POST /alerts/trial: what thresholds would have done in the last 30 days; changes nothing."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel

from backend.contract.base import Request, Success
from storage.schema.alerts import RuleName
from storage.schema.monitoring_config import MonitoringConfig


def _with_values(schema: dict[str, Any]) -> None:
    """Say which names the values have."""
    schema["properties"] = MonitoringConfig.model_json_schema()["properties"]
    schema["additionalProperties"] = False


class AlertTrialRequest(RootModel[dict[str, Any]]):
    """POST /alerts/trial: values of the monitoring configuration by name; the others are those in force."""

    model_config = ConfigDict(json_schema_extra=_with_values)

    root: dict[str, Any]


class AlertTrialQuery(Request):
    """POST /alerts/trial"""

    drift: bool = Field(False, description="Try the thresholds of drift too, which takes seconds.")


class TriedRule(BaseModel):
    """What one rule would have done with the values in force, and with those that were sent."""

    rule: RuleName = Field(description="Name of the rule.")
    title: str = Field(description="What is wrong when it fires.")
    alarms: int = Field(description="How often it would have fired with the values in force.")
    minutes: float = Field(description="For how long, all together.")
    delay_minutes: float | None = Field(
        description="How long after a jump to twice its threshold it fires (drift: after the change that is "
        "mixed in); null if it is off, or for the reason."
    )
    delay_reason: str | None = Field(None, description="Why there is no delay.")
    tried_alarms: int = Field(description="How often it would have fired with the values sent.")
    tried_minutes: float = Field(description="For how long, all together, with the values sent.")
    tried_delay_minutes: float | None = Field(
        description="The delay with the values sent; null if the rule is then off, or for the reason."
    )
    tried_delay_reason: str | None = Field(None, description="Why there is none then.")


class DriftTrial(BaseModel):
    """How drift was judged again: a sample of windows and of their rows, by the decision of every check."""

    since: AwareDatetime = Field(description="Start of the first window.")
    until: AwareDatetime = Field(description="End of the last one.")
    checks: int = Field(description="Windows that were judged, evenly spread.")
    hours_between: float = Field(description="Hours from one to the next.")
    rows: int = Field(
        description="Newest predictions of each that are compared with training, at most."
    )
    input: str = Field(description="Input whose change was mixed into the newest predictions.")
    change_share: float = Field(description="By what share it is larger there.")
    delay_hours_between: float = Field(description="Hours between the checks that look for it.")


class AlertTrialResponse(Success):
    """POST /alerts/trial: traffic of customers, judged in steps of ten minutes."""

    since: AwareDatetime = Field(description="Where the history begins.")
    until: AwareDatetime = Field(description="End of its last whole step.")
    requests: int = Field(description="Customers' requests to predict in that time.")
    rules: list[TriedRule] = Field(description="The rules of traffic and, if asked for, of drift.")
    drift: DriftTrial | None = Field(
        None,
        description="How drift was judged; null if that was not asked for, or nothing is logged.",
    )
