"""The segments that errors are shown and compared by, as the definition of a table has them."""

from math import inf
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from storage.domain.parts import Name, Number, Part, Range, Words

Kind = Annotated[str, Field(strict=True, pattern=r"^[a-z_]+$", max_length=40)]
Line = tuple[tuple[Number, Number], tuple[Number, Number]]
"""Two places on the map, each as degrees north and east."""
MOST_WORDS = 50
"""More segments of one kind than that are no overview, and most of them would be small."""
EAST_END = ((0.0, 180.0), (1.0, 180.0))
"""A line that everything is west of."""


class Quarters(Part):
    """Four equal shares of the rows by one input, from its lowest values up."""

    by: Literal["quarters"]
    kind: Kind
    label: Words
    input: Name
    names: Annotated[list[Words], Field(min_length=4, max_length=4)]


class Bands(Part):
    """Bands of one input, each from its first to its last value; ``beyond`` is what lies above them.

    A value between two bands belongs to the upper one.
    """

    by: Literal["bands"]
    kind: Kind
    label: Words
    input: Name
    unit: Words
    bands: Annotated[list[Range], Field(min_length=1)]
    beyond: Words

    @property
    def names(self) -> list[str]:
        """The names of its segments, the lowest first."""
        bands = [f"{each.lowest:.12g} to {each.highest:.12g} {self.unit}" for each in self.bands]
        return [*bands, self.beyond]


class RegionRule(Part):
    """A part of the map, all in degrees; what is left out does not limit it.

    Attributes
    ----------
    south, north
        Above the first, up to the second.
    east_of
        From this longitude on.
    west_of
        West of the straight line through two places, the southern one first.
    """

    name: Kind
    south: Number = -inf
    north: Number = inf
    east_of: Number = -inf
    west_of: Line = EAST_END

    @model_validator(mode="after")
    def _southern_first(self) -> Self:
        (south, _), (north, _) = self.west_of
        if not south < north:
            raise ValueError("west_of must name two places, the southern one first")
        return self


class Regions(Part):
    """Parts of the map: the first rule that holds decides, the last one takes the rest."""

    by: Literal["regions"]
    kind: Kind
    label: Words
    rules: Annotated[list[RegionRule], Field(min_length=1)]


class Categories(Part):
    """The words of one input, which must be a category of at most ``MOST_WORDS``."""

    by: Literal["categories"]
    kind: Kind
    label: Words
    input: Name


Segments = Annotated[Quarters | Bands | Regions | Categories, Field(discriminator="by")]
"""One kind of segments."""
