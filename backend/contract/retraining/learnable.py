"""GET /retraining/learnable: which labelled predictions a retraining requested now would learn from."""

from pydantic import AwareDatetime, Field

from backend.contract.base import Request, Success
from backend.contract.models.lineage import LeftOutRows


class LearnableQuery(Request):
    """GET /retraining/learnable: what one retraining would do otherwise than the settings say."""

    days: float | None = Field(
        None, ge=1, le=3650, description="Age up to which it reads, in days."
    )
    most_rows: int | None = Field(
        None, ge=0, le=100_000, description="Most predictions that it reads, the newest first."
    )


class LearnableResponse(Success):
    """GET /retraining/learnable: found by the code by which a retraining reads its rows.

    ``labelled`` is ``usable`` and all of ``left_out`` together. ``used`` is ``usable``, or 0 with the reason
    in ``why_not`` where these are too few or cannot be read.
    """

    since: AwareDatetime = Field(description="Predictions answered before are not read.")
    until: AwareDatetime = Field(description="The time of this answer.")
    days: float = Field(description="Age up to which predictions are read, in days.")
    most_rows: int = Field(description="Most predictions that are read, the newest first.")
    minimum_rows: int = Field(description="Usable ones below which none is learned from.")
    weight: float = Field(
        description="Weight of one of them in the fit; a row of the base table weighs 1."
    )
    candidates: list[str] = Field(
        description="Candidates that compete, of which a request may leave some out."
    )
    labelled: int = Field(description="Predictions with an actual value, whosever they are.")
    usable: int = Field(description="Those that may be learned from.")
    used: int = Field(description="Those that a retraining would learn from.")
    replaced: int = Field(description="Rows of the base table that newer readings would replace.")
    left_out: list[LeftOutRows] = Field(
        description="The others, each counted under the first reason that applies, the most first."
    )
    why_not: str | None = Field(
        description="Why it would learn from the base table alone; null if it would not."
    )
