"""MLflow's scoring protocol, as `mlflow models serve` speaks it for a model with named inputs."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from backend.contract.base import Request
from backend.contract.predictions import LARGEST_BATCH, NUMBER_OF_INPUTS
from storage.domain.target import TARGET_UNIT

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
MOST_COLUMNS = NUMBER_OF_INPUTS + 2
"""The inputs, the caller's reference, and one that is unknown and is named."""
MOST_PARAMS = 100

# With their limits, as a body is weighed by them before it is parsed.
Cell = float | str | None
Row = Annotated[dict[str, Cell], Field(max_length=MOST_COLUMNS)]
Rows = Annotated[list[Row], Field(max_length=LARGEST_BATCH)]
Cells = Annotated[list[Cell], Field(max_length=LARGEST_BATCH)]
Columns = Annotated[dict[str, Cells], Field(max_length=MOST_COLUMNS)]


class SplitFrame(Request):
    """A table as pandas writes it with ``orient="split"``."""

    columns: list[str] = Field(
        min_length=1, max_length=MOST_COLUMNS, description="Names of the columns, in any order."
    )
    data: list[Annotated[list[Cell], Field(max_length=MOST_COLUMNS)]] = Field(
        max_length=LARGEST_BATCH, description="The rows, each with a value for each column."
    )
    index: list[Any] | None = Field(
        None,
        max_length=LARGEST_BATCH,
        description="Not used: the answers are in the order of the rows.",
    )


class InvocationsRequest(Request):
    """POST /invocations: rows in exactly one of four forms."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [form]} for form in FORMS]})

    dataframe_split: SplitFrame | None = Field(None, description="Columns and rows.")
    dataframe_records: Rows | None = Field(None, description="One object for each row.")
    instances: Rows | Row | None = Field(
        None, description="One object for each row, or a single one."
    )
    inputs: Rows | Columns | Row | None = Field(
        None,
        description="A list of values for each input; or one object for each row, or a single one.",
    )
    params: dict[str, Any] | None = Field(
        None, max_length=MOST_PARAMS, description="Not used: this model has none."
    )


class InvocationsResponse(BaseModel):
    """POST /invocations: the predictions, in the order of the rows."""

    predictions: list[float] = Field(description=f"In {TARGET_UNIT}.")


class Ping(BaseModel):
    """GET /ping: 200 once a model is loaded."""

    ready: bool = Field(description="Whether the service can predict.")
