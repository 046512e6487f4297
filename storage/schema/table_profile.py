"""What a training found in its base table: each column's values, and the parts that the rows were split into.

Stored with each version as JSON, so that whoever asks reads a few kilobytes and not the rows.
"""

from pydantic import BaseModel, ConfigDict, Field

from storage.errors import ModelIntegrityError
from storage.schema.learned_split import SplitKind


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ValueHistogram(_Part):
    """How many rows have values between each pair of edges; the outermost bins hold what is beyond, too."""

    edges: list[float] = Field(
        description="Edges of the bins, ascending; one more than the counts."
    )
    counts: list[int] = Field(description="Rows in each bin.")


class WordCounts(_Part):
    """How many rows have each word of a category, the most frequent words first."""

    words: list[str] = Field(description="The most frequent words.")
    counts: list[int] = Field(description="Rows with each of them.")
    other_words: int = Field(description="Words that are not listed.")
    other_rows: int = Field(description="Rows with one of those.")


class ColumnProfile(_Part):
    """The values of one column; figures of numbers are null for a category."""

    name: str = Field(description="Name of the column.")
    missing: int = Field(description="Rows without a value.")
    distinct: int = Field(description="Different values.")
    untypical: int | None = Field(None, description="Rows outside the typical range.")
    lowest: float | None = Field(None, description="Lowest value.")
    low: float | None = Field(None, description="5th percentile.")
    median: float | None = Field(None, description="Median.")
    high: float | None = Field(None, description="95th percentile.")
    highest: float | None = Field(None, description="Highest value.")
    histogram: ValueHistogram | None = Field(None, description="Of numbers.")
    words: WordCounts | None = Field(None, description="Of a category.")


class PartProfile(_Part):
    """One part of the split, and the target's values in it."""

    name: str = Field(description="`train`, `validation` or `test`.")
    rows: int = Field(description="Rows in the part.")
    low: float = Field(description="5th percentile of the target.")
    median: float = Field(description="Median of the target.")
    high: float = Field(description="95th percentile of the target.")


class SplitProfile(_Part):
    """How the rows were split."""

    kind: SplitKind = Field(description="Whether the rows were drawn at random or follow in time.")
    repeated: int = Field(
        description="Rows that repeat the subject of another row; in one part, unless split by time."
    )
    labelled: int = Field(description="Labelled predictions among the rows of the training part.")
    learned_again: bool = Field(
        False,
        description="Whether the chosen model learned again, from training and validation rows together.",
    )
    parts: list[PartProfile] = Field(description="Train, validation and test.")


class TableProfile(_Part):
    """The base table of a training."""

    rows: int
    target: ColumnProfile
    inputs: list[ColumnProfile]
    split: SplitProfile

    @classmethod
    def from_bytes(cls, content: bytes) -> "TableProfile":
        """Read a stored profile.

        Raises
        ------
        ModelIntegrityError
            If the bytes are none.
        """
        try:
            return cls.model_validate_json(content)
        except ValueError as error:
            raise ModelIntegrityError("The profile of its table cannot be read.") from error
