"""What is predicted, as data: the inputs, the target, and what is known of them (``table.toml``).

One folder defines a table: ``table.toml`` and its rows. Nothing else in the house should know its words.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from storage.domain.feature import Feature
from storage.domain.parts import FileName, Name, Number, Part, Words
from storage.domain.segments import MOST_WORDS, Categories, Regions, Segments
from storage.domain.simulation import Simulation
from storage.domain.target_definition import Target

RESERVED = frozenset(
    {
        "id",
        "timestamp",
        "prediction_id",
        "request_id",
        "prediction",
        "interval_lower",
        "interval_upper",
    }
    | {"model_type", "model_version", "row", "lower", "upper", "support", "warnings", "actual"}
    | {"reference", "metadata"}
)
"""Columns of records and files, and fields of requests, beside the inputs."""


class Place(Part):
    """The inputs that say where a row lies, and what a flat map of the rows needs; angles in degrees.

    ``outline`` is a file of the table's folder with the land to draw below them.
    """

    latitude: Name
    longitude: Name
    middle_latitude: Annotated[Number, Field(gt=-90, lt=90)]
    longitude_shrinkage: Annotated[Number, Field(gt=0, le=1)]
    coast_angle_degrees: Number = 0.0
    steps_per_degree: Annotated[Number, Field(gt=0)]
    outline: FileName | None = None


class Identity(Part):
    """Two rows are the same subject: one place, to so many decimals, and so many other inputs equal."""

    place_decimals: Annotated[int, Field(strict=True, ge=0, le=10)]
    equal_inputs: Annotated[int, Field(strict=True, ge=1)]


class Candidates(Part):
    """Which models compete.

    Attributes
    ----------
    built_in
        Names of those that come with the product; None: linear_regression and blended_boosting.
    optional
        Those that compete too, of "lightgbm", "xgboost" and "catboost"; their libraries are installed apart.
    own
        Further ones by name, each as ``package.module:function``.
    """

    built_in: list[Words] | None = None
    optional: list[Literal["lightgbm", "xgboost", "catboost"]] = Field([])
    own: dict[Name, Annotated[str, Field(strict=True, pattern=r"^[\w.]+:\w+$")]] = Field({})


class Promises(Part):
    """If the input ``rising`` rises by one of ``rises`` everywhere, the mean prediction must not fall."""

    rising: Name
    rises: Annotated[list[Annotated[Number, Field(gt=0)]], Field(min_length=1)]


class Preset(Part):
    """A real row to start from: its inputs in their order, and the value recorded.

    A category is its word, a missing value the empty text.
    """

    name: Words
    kind: Words
    inputs: list[Number | Annotated[str, Field(strict=True, max_length=200)]]
    recorded: Number

    def vector(self, features: Sequence[Feature]) -> list[float]:
        """Return the inputs as in an array.

        Raises
        ------
        ValueError
            If one is not accepted; the message names it.
        """
        return [
            _accepted_number(feature, None if value == "" else value)
            for feature, value in zip(features, self.inputs, strict=True)
        ]


def _accepted_number(feature: Feature, value: float | str | None) -> float:
    if isinstance(value, str) and not feature.is_category:
        raise ValueError(f"{feature.name} {value!r}, which is no number")
    number = feature.number_of(value)
    if not (feature.missing if value is None else feature.accepted.holds(number)):
        raise ValueError(
            f"{feature.name} {'empty' if value is None else value}, which is not accepted"
        )
    return number


class Data(Part):
    """The file with the rows, in the table's folder.

    Attributes
    ----------
    time
        The column that says when a row was recorded; None: not known.
    split
        How rows are dealt to training, validation and test: "time" (in the order of their times) or
        "random"; None: by time where a column says it.
    identifier
        The column with the caller's own id of a row, which is never an input; None: there is none.
    """

    file: FileName
    time: Name | None = None
    split: Literal["time", "random"] | None = None
    identifier: Name | None = None

    @property
    def is_split_by_time(self) -> bool:
        """Whether rows are dealt to the parts by their times."""
        return self.time is not None and self.split != "random"


class Limit(Part):
    """One thing that a user of the model should know."""

    name: Words
    text: Annotated[str, Field(strict=True, min_length=1, max_length=1000)]


class Card(Part):
    """What only a person can say of the model: its intended use and its limits, for the model card."""

    use: Annotated[str, Field(strict=True, min_length=1, max_length=1000)] = (
        "**Intended use:** not stated in the table's definition."
    )
    limits: list[Limit] = Field([])


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
    data: Data
    target: Target
    inputs: Annotated[list[Feature], Field(min_length=1, max_length=200)]
    place: Place | None = None
    identity: Identity | None = None
    segments: list[Segments] = Field([])
    promises: Promises | None = None
    presets: list[Preset] = Field([])
    simulation: Simulation = Simulation()
    candidates: Candidates = Candidates()
    card: Card = Card()

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
        folded = [name.casefold() for name in columns]
        for name in sorted({name for name in columns if folded.count(name.casefold()) > 1}):
            yield f"two columns are called {name} (upper and lower case count as the same)"
        for name in columns:
            if name.casefold() in RESERVED:
                yield f"{name} is a name that records and files of predictions have already; choose another"
        for where, name in self._named_inputs():
            if name not in names:
                yield f"{where} is {name}, which is no input"
        kinds = [one.kind for one in self.segments]
        for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
            yield f"two kinds of segments are called {kind}"
        yield from self._contradictions_of_columns()
        yield from self._contradictions_of_segments()
        if self.place is None:
            yield from self._needs_a_place()
        for preset in self.presets:
            yield from self._contradictions_of(preset)

    def _named_inputs(self) -> Iterator[tuple[str, str]]:
        if self.place is not None:
            yield "place.latitude", self.place.latitude
            yield "place.longitude", self.place.longitude
        for one in self.segments:
            if not isinstance(one, Regions):
                yield f"segments {one.kind}, input", one.input
        if self.promises is not None:
            yield "promises.rising", self.promises.rising
        for name in sorted(self.simulation.inputs()):
            yield "simulation", name

    def _contradictions_of_columns(self) -> Iterator[str]:
        time, identifier = self.data.time, self.data.identifier
        if time is None and self.data.split == "time":
            yield 'data.split is "time", but data.time names no column'
        if time == self.target.name:
            yield f"data.time is {time}, which is what is predicted"
        if identifier is not None and identifier in (*self.names, self.target.name, time):
            yield f"data.identifier is {identifier}, which has another part already: an id tells nothing"

    def _contradictions_of_segments(self) -> Iterator[str]:
        categories = {one.name: one.categories for one in self.inputs}
        for one in self.segments:
            if isinstance(one, Regions) or one.input not in categories:
                continue
            words = categories[one.input]
            if not isinstance(one, Categories):
                if words is not None:
                    yield f"segments {one.kind} are by numbers, but {one.input} is a category"
            elif words is None:
                yield f"segments {one.kind} are categories, but {one.input} is a number"
            elif len(words) > MOST_WORDS:
                yield f"segments {one.kind} would be {len(words)}, more than {MOST_WORDS}"

    def _needs_a_place(self) -> Iterator[str]:
        if self.identity is not None:
            yield "identity needs a place"
        for one in self.segments:
            if isinstance(one, Regions):
                yield f"segments {one.kind} are regions, which need a place"

    def _contradictions_of(self, preset: Preset) -> Iterator[str]:
        if len(preset.inputs) != len(self.inputs):
            yield f"preset {preset.name} has {len(preset.inputs)} values for {len(self.inputs)} inputs"
            return
        try:
            preset.vector(self.inputs)
        except ValueError as error:
            yield f"preset {preset.name} has {error}"
