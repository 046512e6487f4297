"""GET /monitoring/shadow: what a challenger would have answered, beside what the champion did.

Differences are the challenger's answer minus the champion's, in 100,000 USD. What has too few rows is null.
"""

from pydantic import AwareDatetime, Field

from backend.contract.base import Described, Success
from backend.contract.performance import Estimate, PerformanceQuery, RealizedError


class ShadowQuery(PerformanceQuery):
    """Silent answers to the predictions of a window that ends now, or at ``until``."""


class DifferenceQuantile(Described):
    """The difference that a share of the answers, 0 to 1, stays below."""

    share: float
    difference: float


class ShadowDifference(Described):
    """How far the answers are apart; ``beyond_interval`` is a share, 0 to 1."""

    rows: int
    mean: Estimate | None
    rms: Estimate | None = Field(description="Root of the mean squared difference.")
    beyond_interval: Estimate | None = Field(
        description="Share of the challenger's answers outside the champion's interval."
    )
    quantiles: list[DifferenceQuantile]


class ShadowErrors(Described):
    """Where the actual value is known; a ``rmse_difference`` below zero: the challenger is better."""

    challenger: RealizedError
    champion: RealizedError
    rmse_difference: Estimate | None


class ShadowStep(Described):
    """A step of time."""

    since: AwareDatetime
    difference: ShadowDifference
    errors: ShadowErrors


class ShadowResponse(Success):
    """GET /monitoring/shadow: of the newest challenger and champion of the window (null: none)."""

    share: float = Field(description="Of the predictions that are to be answered so; 0: it is off.")
    minimum_rows: int
    challenger: str | None
    champion: str | None
    since: AwareDatetime
    until: AwareDatetime
    n: int
    rows_read: int = Field(description="Fewer than there are where a large window was thinned.")
    of_other_versions: int = Field(description="Silent answers of other pairs of versions.")
    difference: ShadowDifference
    errors: ShadowErrors
    step_seconds: int
    series: list[ShadowStep]
