"""What changes in simulated traffic: the ``[simulation]`` of a definition, each part with a default."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from storage.domain.parts import Name, Number, Part, Range, Words


class Stuck(Part):
    """An input that always has the same value, as of a broken sensor."""

    input: Name
    value: Number


class NewRows(Part):
    """Rows of a kind that training hardly has, made of known ones.

    Attributes
    ----------
    name
        Of the scenario.
    factors
        By input: each row's value is multiplied by a number drawn from the range.
    whole
        By input: each row's value is a whole number drawn from the range.
    target_factor
        The known target is multiplied by it.
    """

    name: Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z-]*$", max_length=40)]
    summary: Words
    factors: dict[Name, Range] = Field({})
    whole: dict[Name, Range] = Field({})
    target_factor: Annotated[Number, Field(gt=0)]


class Simulation(Part):
    """What the scenarios change.

    Attributes
    ----------
    drifting
        The number of which high values become more and more frequent; None: the first one.
    stuck
        None: the last number, at the upper end of its typical range.
    new
        None: rows beyond the training's range of the drifting input, with higher targets.
    """

    drifting: Name | None = None
    stuck: Stuck | None = None
    new: NewRows | None = None

    @model_validator(mode="after")
    def _different(self) -> Self:
        if self.new is not None and (both := self.new.factors.keys() & self.new.whole.keys()):
            raise ValueError(f"new has {min(both)} in factors and in whole")
        return self

    def inputs(self) -> set[str]:
        """Return the names of inputs in it."""
        new = {*self.new.factors, *self.new.whole} if self.new is not None else set()
        stuck = {self.stuck.input} if self.stuck is not None else set()
        return new | stuck | ({self.drifting} if self.drifting is not None else set())
