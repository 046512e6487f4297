"""What the parts of a definition are made of: numbers, names, words and ranges."""

import math
import re
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, model_validator


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"it must be a number, not {value!r:.60}")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,59}", value):
        raise ValueError(
            f"{value!r:.80} is no name: a letter, then up to 59 letters, digits and underscores"
        )
    return value


Number = Annotated[int | float, PlainValidator(_number)]
Name = Annotated[str, PlainValidator(_name)]
"""A name that can be a column, a key of JSON and an argument."""
Words = Annotated[str, Field(strict=True, min_length=1, max_length=200, pattern=r"\S")]

FileName = Annotated[str, Field(strict=True, pattern=r"^[^/\\\\]+$", max_length=200)]
"""A file in the table's own folder."""


class Part(BaseModel):
    """A part of the definition: unknown keys are errors, for a mistyped one would be ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Range(Part):
    """The lowest and the highest value."""

    lowest: Number
    highest: Number

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, pair: object) -> object:
        if isinstance(pair, list) and len(pair) == 2:
            return {"lowest": pair[0], "highest": pair[1]}
        raise ValueError("it must be a pair: [lowest, highest]")

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not self.lowest < self.highest:
            raise ValueError(f"{self.lowest} is not below {self.highest}")
        return self

    def holds(self, value: float) -> bool:
        """Whether a value is in the range, its ends included."""
        return self.lowest <= value <= self.highest
