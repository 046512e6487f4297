"""GET /monitoring/shadow: a challenger's shadow answers compared with the champion's.

Differences are the challenger's answer minus the champion's, in the target's unit; null with too few rows.
"""

from pydantic import AwareDatetime, Field

from backend.contract.base import Described, Success
from backend.contract.performance import Estimate, RealizedError, StepsQuery
from storage.domain.target import TARGET_UNIT


class ShadowQuery(StepsQuery):
    """Shadow answers to the predictions of a window that ends now, or at ``until``."""


class DifferenceQuantile(Described):
    """A quantile of the difference: ``share`` of the answers lie below it."""

    share: float = Field(description="Share of answers, 0 to 1.")
    difference: float = Field(description=f"Difference in {TARGET_UNIT}.")


class ShadowDifference(Described):
    """How far the answers differ; ``beyond_interval`` is a share, 0 to 1."""

    rows: int = Field(description="Predictions that both versions answered.")
    mean: Estimate | None = Field(description=f"Mean difference in {TARGET_UNIT}.")
    rms: Estimate | None = Field(description=f"Root mean squared difference in {TARGET_UNIT}.")
    beyond_interval: Estimate | None = Field(
        description="Share of the challenger's answers outside the champion's interval, 0 to 1."
    )
    quantiles: list[DifferenceQuantile] = Field(description="Quantiles of the difference.")


class ShadowErrors(Described):
    """Error on labelled predictions; if ``rmse_difference`` is below zero, the challenger is better."""

    challenger: RealizedError = Field(description="Realized error of the challenger.")
    champion: RealizedError = Field(description="Realized error of the champion.")
    rmse_difference: Estimate | None = Field(
        description=f"RMSE of the challenger minus that of the champion, in {TARGET_UNIT}."
    )


class ShadowStep(Described):
    """One step of time. The first one begins at or before the window, and has all its predictions."""

    since: AwareDatetime = Field(description="Start of the step, a round time.")
    until: AwareDatetime = Field(description="End of the step, a round time.")
    unfinished: bool = Field(description="Whether the step ends after the window.")
    difference: ShadowDifference = Field(description="Difference between the answers.")
    errors: ShadowErrors = Field(description="Realized error of both versions.")


class ShadowResponse(Success):
    """GET /monitoring/shadow: the latest challenger and champion of the window (null: none)."""

    share: float = Field(
        description="Share of predictions to shadow, 0 to 1; 0: shadow testing is off."
    )
    minimum_rows: int = Field(description="Rows needed for a figure.")
    challenger: str | None = Field(description="Version of the challenger.")
    champion: str | None = Field(description="Version of the champion.")
    since: AwareDatetime = Field(description="Start of the window.")
    until: AwareDatetime = Field(description="End of the window.")
    n: int = Field(description="Shadow answers in the window.")
    rows_read: int = Field(description="Rows used; a sample if the window is large.")
    of_other_versions: int = Field(description="Shadow answers of other pairs of versions.")
    difference: ShadowDifference = Field(description="Difference between the answers.")
    errors: ShadowErrors = Field(description="Realized error of both versions.")
    step_seconds: int = Field(description="Length of a step in seconds.")
    series: list[ShadowStep] = Field(description="Over time, oldest step first.")
