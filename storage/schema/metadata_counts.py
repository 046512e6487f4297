"""How often predictions have which metadata."""

from pydantic import BaseModel, ConfigDict, Field


class ValueCount(BaseModel):
    """How many predictions have one value."""

    model_config = ConfigDict(frozen=True)

    value: str = Field(description="The text.")
    predictions: int = Field(description="Predictions with this text.")


class MetadataCount(BaseModel):
    """The values of one name of metadata."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="The name.")
    predictions: int = Field(description="Predictions that have it.")
    values: list[ValueCount] = Field(description="The most frequent values, most frequent first.")
    others: int = Field(description="Predictions with another value than these.")
