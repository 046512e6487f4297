"""Drift of one column over time: each step, and since when it is beyond its expected range."""

from pydantic import AwareDatetime, Field

from backend.contract.base import Described


class TimelinePoint(Described):
    """One step of time.

    ``ks_statistic`` belongs to the selected column, which has drifted where the statistic exceeds
    ``threshold``. Both are null with too few rows. The first step begins at or before the window, and has all
    its rows.
    """

    since: AwareDatetime = Field(description="Start of the step, a round time.")
    until: AwareDatetime = Field(description="End of the step, a round time.")
    unfinished: bool = Field(description="Whether the step ends after the window.")
    n_samples: int = Field(description="Rows in the step.")
    ks_statistic: float | None = Field(
        description="Kolmogorov-Smirnov distance of the selected column, 0 to 1."
    )
    threshold: float | None = Field(
        description="Distance above which the column counts as drifted."
    )
    beyond: bool | None = Field(
        None, description="Whether the distance exceeds the threshold; null with too few rows."
    )
    drift_share: float | None = Field(description="Share of inputs that drifted, 0 to 1.")


class DriftOnset(Described):
    """Since when a column is beyond its expected range, which is wider where a step has fewer rows.

    ``first_beyond`` and ``last_within`` are null while the newest compared step is within the range. Then
    ``last_within`` is null, too, if no earlier step of the window is within it: the drift is older.
    """

    steps: int = Field(description="Steps of the timeline.")
    steps_compared: int = Field(description="Steps with enough rows to compare.")
    steps_beyond: int = Field(description="Steps beyond the expected range.")
    first_beyond: AwareDatetime | None = Field(
        description="Start of the first step beyond the range, of those up to the newest."
    )
    last_within: AwareDatetime | None = Field(
        description="Start of the last step within the range before it."
    )
    last_beyond: AwareDatetime | None = Field(
        description="Start of the newest step beyond the range."
    )
