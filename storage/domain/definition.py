"""What is predicted, as data: the inputs, the target, and what is known of them (``table.toml``).

One folder defines a table: ``table.toml`` and its rows. Nothing else in the house should know its words.
"""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from storage.domain.parts import Name, Number, Part, Range, Words
from storage.domain.segments import Segments


class Feature(Part):
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

    @property
    def minimum(self) -> float:
        """The lowest accepted value."""
        return self.accepted.lowest

    @property
    def maximum(self) -> float:
        """The highest accepted value."""
        return self.accepted.highest

    @property
    def described(self) -> str:
        """The description with the unit."""
        return f"{self.description} Unit: {self.unit}."

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


class Subject(Part):
    """What one row is called, and several."""

    singular: Words
    plural: Words


class TableDefinition(Part):
    """Everything that is known of a table.

    Attributes
    ----------
    name
        Of the experiment and of the registered model in MLflow.
    title
        Of the console.
    about
        What is predicted of a row, to follow the title in a sentence.
    """

    name: Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    title: Words
    about: Words
    subject: Subject
    target: Target
    inputs: Annotated[list[Feature], Field(min_length=1, max_length=200)]
    place: Place
    identity: Identity
    segments: Segments
    promises: Promises
    presets: list[Preset] = Field([])

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
            ("segments.quarters.input", self.segments.quarters.input),
            ("segments.bands.input", self.segments.bands.input),
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
