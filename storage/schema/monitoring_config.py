"""What an operator can configure in monitoring while it runs: type, default, unit, bounds and help.

The values are rows of the database (``storage/database/monitoring_config.py``), not settings of a process:
they are changed over HTTP, each change is kept, and every process sees the same ones. The forms, the
validation and the reference's table are generated from this model.
"""

from functools import cache
from typing import Any

from pydantic import Field, ValidationInfo, field_validator

from storage.domain.target import TARGET_UNIT
from storage.schema.records import Record
from storage.schema.whole import read_whole

UNITS = {
    "_milliseconds": "ms",
    "_minutes": "min",
    "_hours": "h",
    "_days": "days",
    "_rows": "rows",
    "_requests": "requests",
    "_share": "0 to 1",
    "_windows": "windows",
    "_cost": "your currency",
}
"""Unit by the suffix of a value's name."""


class MonitoringConfig(Record, strict=True):
    """The values in force; a value that is not set has its default."""

    @field_validator("*", mode="before")
    @classmethod
    def _whole(cls, value: Any, info: ValidationInfo) -> Any:
        kind = cls.model_fields[info.field_name or ""].annotation
        return read_whole(value) if kind is int else value

    drift_detection_enabled: bool = Field(
        True, description="Compare the logged inputs and predictions with the training data."
    )
    performance_monitoring_enabled: bool = Field(
        True,
        description="Measure the error on labelled predictions, and estimate it on the others.",
    )
    automatic_retraining_enabled: bool = Field(
        False,
        description="Let a check request retraining automatically. Off: it only recommends it.",
    )
    window_hours: float = Field(
        24.0,
        ge=0.1,
        le=24 * 90,
        allow_inf_nan=False,
        description="Time window that a check covers.",
    )
    largest_window_rows: int = Field(
        10_000,
        ge=100,
        le=100_000,
        description="Most predictions of the window that are compared, the newest first.",
    )
    drift_minimum_rows: int = Field(
        100,
        ge=10,
        le=10_000,
        description="Below this many predictions the result is 'not enough data', not 'no drift'.",
    )
    drift_significance_level: float = Field(
        0.005,
        gt=0,
        le=0.1,
        allow_inf_nan=False,
        description="Probability of a false drift report for one window without drift, all tests combined.",
    )
    drift_minimum_effect_share: float = Field(
        0.03,
        ge=0,
        le=0.5,
        allow_inf_nan=False,
        description="Kolmogorov-Smirnov distance below which a difference is negligible.",
    )
    drift_confirming_windows: int = Field(
        2,
        ge=1,
        le=10,
        description="Consecutive drifted windows, without common rows, that raise an alarm when none of them"
        " is conclusive on its own.",
    )
    performance_minimum_rows: int = Field(
        100,
        ge=10,
        le=10_000,
        description="Below this many labelled predictions degradation is not judged.",
    )
    degradation_margin_share: float = Field(
        0.05,
        ge=0,
        le=10,
        allow_inf_nan=False,
        description="Rise of the RMSE over the holdout's that counts as degradation if it is significant.",
    )
    error_unit_cost: float = Field(
        0.0,
        ge=0,
        le=1e12,
        allow_inf_nan=False,
        description="Cost of one unit of error in one prediction, in your currency: what a change of the "
        f"traffic costs a day is said in it. A unit is {TARGET_UNIT}. 0: not said.",
    )
    maximum_model_age_days: float = Field(
        90.0,
        ge=0,
        le=3650,
        allow_inf_nan=False,
        description="Age at which a model should be retrained. 0: never.",
    )
    enough_labelled_rows: int = Field(
        2_000,
        ge=0,
        le=1_000_000,
        description="New labelled predictions since the last training that suggest a retraining. 0: never.",
    )
    cooldown_hours: float = Field(
        24.0,
        ge=0,
        le=24 * 365,
        allow_inf_nan=False,
        description="Pause after a retraining that a check requested before a check requests another.",
    )
    alert_outage_minutes: float = Field(
        2.0,
        ge=0,
        le=24 * 60,
        allow_inf_nan=False,
        description="Alert: the service has been unhealthy, starting or unreachable for this long. 0: never.",
    )
    alert_error_share: float = Field(
        0.05,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Alert: share of customers' requests to predict that fail with a status of 500 or more."
        " 0: never.",
    )
    alert_latency_milliseconds: float = Field(
        500.0,
        ge=0,
        le=600_000,
        allow_inf_nan=False,
        description="Alert: 95th percentile of the latency of customers' single predictions. 0: never.",
    )
    alert_traffic_window_minutes: float = Field(
        15.0,
        ge=1,
        le=24 * 60,
        allow_inf_nan=False,
        description="Time window over which alerts measure error share and latency.",
    )
    alert_minimum_requests: int = Field(
        20,
        ge=1,
        le=1_000_000,
        description="Requests of the window below which error share and latency raise no alert.",
    )
    alert_no_traffic_minutes: float = Field(
        0.0,
        ge=0,
        le=60 * 24 * 90,
        allow_inf_nan=False,
        description="Alert: no prediction for a customer has been logged for this long. 0: never.",
    )
    alert_backlog_minutes: float = Field(
        5.0,
        ge=0,
        le=60 * 24 * 7,
        allow_inf_nan=False,
        description="Alert: age of the oldest record that waits for the log-writer. 0: never.",
    )
    alert_label_delay_days: float = Field(
        7.0,
        ge=0,
        le=3650,
        allow_inf_nan=False,
        description="Alert: no actual value has arrived for this long, though there are newer predictions."
        " 0: never.",
    )
    alert_hold_minutes: float = Field(
        5.0,
        ge=0,
        le=24 * 60,
        allow_inf_nan=False,
        description="How long error share, latency, drift, error or coverage must be bad to raise an alert.",
    )
    alert_clear_minutes: float = Field(
        5.0,
        ge=0,
        le=24 * 60,
        allow_inf_nan=False,
        description="How long a condition must be over before its alert counts as resolved.",
    )
    alert_repeat_hours: float = Field(
        4.0,
        ge=0,
        le=24 * 30,
        allow_inf_nan=False,
        description="Pause after which an alert that still fires is sent again, unless it was acknowledged."
        " 0: never.",
    )


@cache
def unit_of(name: str) -> str:
    """Return the unit of one value; empty for a switch.

    Examples
    --------
    >>> unit_of("cooldown_hours")
    'h'
    """
    return next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")


def bounds_of(name: str) -> dict[str, float]:
    """Return the bounds of one value, by pydantic's names for them.

    Examples
    --------
    >>> bounds_of("drift_minimum_rows")
    {'ge': 10, 'le': 10000}
    """
    constraints = MonitoringConfig.model_fields[name].metadata
    return {
        bound: getattr(constraint, bound)
        for constraint in constraints
        for bound in ("gt", "ge", "lt", "le")
        if getattr(constraint, bound, None) is not None
    }
