"""How many recorded rows there are over time and by value, as they are counted, answered and drawn."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class CountStep(BaseModel):
    """The rows of one step, which begins at ``time`` and ends at ``until``."""

    model_config = ConfigDict(frozen=True)

    time: AwareDatetime
    until: AwareDatetime
    unfinished: bool = Field(description="Whether the step is not over yet.")
    counts: dict[str, int] = Field(description="Rows by what they are stacked by.")


class FacetValue(BaseModel):
    """How many rows have one value."""

    model_config = ConfigDict(frozen=True)

    value: str = Field(description="The value, as its filter takes it.")
    rows: int = Field(description="Rows with this value.")


class Facet(BaseModel):
    """The values of one column; rows without one are not among them."""

    model_config = ConfigDict(frozen=True)

    values: list[FacetValue] = Field(description="Most frequent first.")
    others: int = Field(description="Rows with another value than these.")


class RowCounts(BaseModel):
    """The rows of a window that match some filters.

    Attributes
    ----------
    since, until
        The ends of the steps.
    counted_since
        None if all rows of the window are counted.
    """

    model_config = ConfigDict(frozen=True)

    since: AwareDatetime = Field(description="Start of the first step.")
    until: AwareDatetime = Field(description="End of the last step.")
    step_seconds: int = Field(description="Length of a step in seconds.")
    steps: list[CountStep] = Field(description="Rows by step, oldest first.")
    rows: int = Field(description="Rows that were counted.")
    counted_since: AwareDatetime | None = Field(
        description="If there are more rows than are counted: rows before this time are not among them."
    )
    facets: dict[str, Facet] = Field(description="Rows by value, for each column that is counted.")
