"""What is predicted, as data: the inputs, the target, and what is known of them (``table.toml``).

One folder defines a table: ``table.toml`` and its rows. Nothing else in the house should know its words.
"""

import math
import re
from collections.abc import Iterator
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


class Input(Part):
    """One input: how it is named, measured and bounded.

    Attributes
    ----------
    accepted
        What the service takes.
    typical
        A sensible range for a form, within ``accepted``.
    step
        Of a form.
    example
        A typical value.
    """

    name: Name
    label: Words
    unit: Words
    description: Words
    accepted: Range
    typical: Range
    step: Annotated[Number, Field(gt=0)]
    example: Number

    @model_validator(mode="after")
    def _within(self) -> Self:
        for what, value in (
            ("typical", self.typical.lowest),
            ("typical", self.typical.highest),
            ("example", self.example),
        ):
            if not self.accepted.holds(value):
                raise ValueError(f"its {what} value {value} is not accepted")
        return self


class Target(Part):
    """What is predicted; all values but ``dollars`` are in its unit.

    Attributes
    ----------
    dollars
        Of one unit.
    accepted
        Actual values that are taken.
    cap, capped_from
        The value as which every higher one was recorded, and what some sources rounded it to.
    highest_prediction
        No prediction is above.
    """

    name: Name
    unit: Words
    dollars: Annotated[Number, Field(gt=0)]
    accepted: Range
    cap: Number
    capped_from: Number
    highest_prediction: Number


class Place(Part):
    """The inputs that say where a row lies, and what a flat map of the rows needs; angles in degrees."""

    latitude: Name
    longitude: Name
    middle_latitude: Annotated[Number, Field(gt=-90, lt=90)]
    longitude_shrinkage: Annotated[Number, Field(gt=0, le=1)]
    coast_angle_degrees: Number
    steps_per_degree: Annotated[Number, Field(gt=0)]


class Identity(Part):
    """Two rows are the same subject: one place, to so many decimals, and so many other inputs equal."""

    place_decimals: Annotated[int, Field(strict=True, ge=0, le=10)]
    equal_inputs: Annotated[int, Field(strict=True, ge=1)]


class Promises(Part):
    """If the input ``rising`` rises by one of ``rises`` everywhere, the mean prediction must not fall."""

    rising: Name
    rises: Annotated[list[Annotated[Number, Field(gt=0)]], Field(min_length=1)]


class Preset(Part):
    """A real row to start from: its inputs in their order, and the value recorded."""

    name: Words
    kind: Words
    inputs: list[Number]
    recorded: Number


class TableDefinition(Part):
    """Everything that is known of a table."""

    name: Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    target: Target
    inputs: Annotated[list[Input], Field(min_length=1, max_length=200)]
    place: Place
    identity: Identity
    promises: Promises
    presets: list[Preset] = []

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs, in their order."""
        return tuple(each.name for each in self.inputs)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        problems = list(self._contradictions())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _contradictions(self) -> Iterator[str]:
        names = self.names
        columns = [*names, self.target.name]
        for name in sorted({name for name in columns if columns.count(name) > 1}):
            yield f"two columns are called {name}"
        for where, name in (
            ("place.latitude", self.place.latitude),
            ("place.longitude", self.place.longitude),
            ("promises.rising", self.promises.rising),
        ):
            if name not in names:
                yield f"{where} is {name}, which is no input"
        for preset in self.presets:
            yield from self._contradictions_of(preset)

    def _contradictions_of(self, preset: Preset) -> Iterator[str]:
        if len(preset.inputs) != len(self.inputs):
            yield f"preset {preset.name} has {len(preset.inputs)} values for {len(self.inputs)} inputs"
            return
        for known, value in zip(self.inputs, preset.inputs, strict=True):
            if not known.accepted.holds(value):
                yield f"preset {preset.name} has {known.name} {value}, which is not accepted"
