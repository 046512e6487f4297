"""Inputs that requests to predict were refused for."""

from pydantic import AwareDatetime, Field

from backend.contract.base import Described, Success
from backend.contract.query.duration import WindowQuery


class RefusedQuery(WindowQuery):
    """GET /monitoring/refused: requests of a window that ends now, or at ``until``."""


class RefusedField(Described):
    """What was refused of one input.

    ``in_another_unit`` if nearly all refused numbers are out of range by about the same factor of the usual
    value; ``factor`` is that factor, null otherwise.
    """

    name: str = Field(description="Name of the input.")
    requests: int = Field(description="Requests refused for it.")
    problems: dict[str, int] = Field(
        description="Rows by kind of problem, such as `less_than_equal`; at most 100 of a batch, and of one "
        "request at most 20 inputs and problems."
    )
    median: float | None = Field(description="Median of the refused numbers; null without any.")
    usual: float | None = Field(
        description="Median of the training data; null for a category's words."
    )
    factor: float | None = Field(
        description="The refused median divided by the usual one, if they differ by a unit."
    )
    in_another_unit: bool = Field(description="Whether the values look like another unit's.")
    swapped_with: str | None = Field(
        description="Another refused input whose values fit here, as these fit there; null if none."
    )
    reason: str = Field(description="What was refused and what may be wrong, in a sentence.")


class RefusedResponse(Success):
    """GET /monitoring/refused: ``truncated`` if only the newest refusals of the window were read."""

    since: AwareDatetime = Field(description="Start of the window.")
    until: AwareDatetime = Field(description="End of the window.")
    requests: int = Field(description="Requests to predict that were refused for an input.")
    truncated: bool = Field(description="Whether only the newest refusals were read.")
    fields: list[RefusedField] = Field(description="By input, the most often refused first.")
