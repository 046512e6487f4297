"""POST /alerts/trial: what thresholds would have done in the last 30 days; changes nothing."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, Field, RootModel

from backend.contract.base import Success
from storage.schema.alerts import RuleName


class AlertTrialRequest(RootModel[dict[str, Any]]):
    """POST /alerts/trial: values of the monitoring configuration by name; the others are those in force."""

    root: dict[str, Any]


class TriedRule(BaseModel):
    """What one rule would have done with the values in force, and with those that were sent."""

    rule: RuleName = Field(description="Name of the rule.")
    title: str = Field(description="What is wrong when it fires.")
    alarms: int = Field(description="How often it would have fired with the values in force.")
    minutes: float = Field(description="For how long, all together.")
    delay_minutes: float | None = Field(
        description="How long after a jump to twice its threshold it fires; null if it is off."
    )
    tried_alarms: int = Field(description="How often it would have fired with the values sent.")
    tried_minutes: float = Field(description="For how long, all together, with the values sent.")
    tried_delay_minutes: float | None = Field(
        description="The delay with the values sent; null if the rule is then off."
    )


class AlertTrialResponse(Success):
    """POST /alerts/trial: traffic of customers, judged in steps of ten minutes."""

    since: AwareDatetime = Field(description="Where the history begins.")
    until: AwareDatetime = Field(description="End of its last whole step.")
    requests: int = Field(description="Customers' requests to predict in that time.")
    rules: list[TriedRule] = Field(description="The rules of traffic.")
