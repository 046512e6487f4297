"""What is predicted: its values, and how they are written for a person."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from storage.domain.parts import Name, Number, Part, Range, Words


class Scale(Part):
    """How many of a chart's ``unit`` one unit of the target is."""

    factor: Annotated[Number, Field(gt=0)]
    unit: Words


class Display(Part):
    """How a value of the target is written for a person.

    Attributes
    ----------
    label
        What one is called ("Strength").
    factor
        How many of the written unit one unit of the target is.
    prefix, suffix
        Before and after the number ("$", " MPa").
    unit
        The written unit in words ("euros a month"); empty: the target's, if that is what is written.
    step
        Values are written to the nearest multiple, in the written unit.
    chart
        Of the axes of charts.
    """

    label: Words
    factor: Annotated[Number, Field(gt=0)] = 1
    prefix: Annotated[str, Field(strict=True, max_length=20)] = ""
    suffix: Annotated[str, Field(strict=True, max_length=20)] = ""
    unit: Annotated[str, Field(strict=True, max_length=200)] = ""
    step: Annotated[Number, Field(gt=0)]
    chart: Scale


class Target(Part):
    """What is predicted; all values are in its unit.

    Attributes
    ----------
    accepted
        Actual values that are taken. No prediction is outside.
    typical
        A sensible scale to draw values on; None: from the lowest to the highest prediction there can be.
    resolution
        Differences below it matter to nobody: intervals do not get narrower by difficulty than this.
    cap, capped_from
        The value as which every higher one was recorded, and what some sources rounded it to; None: none is
        censored. No prediction is above.
    highest_prediction
        A model that answers more is refused; None: the cap, or the highest accepted value.
    note
        What a value means, for a person.
    """

    name: Name
    unit: Words
    accepted: Range
    typical: Range | None = None
    resolution: Annotated[Number, Field(gt=0)]
    cap: Number | None = None
    capped_from: Number | None = None
    highest_prediction: Number | None = None
    note: Annotated[str, Field(strict=True, max_length=400)] = ""
    display: Display

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.capped_from is not None and self.cap is None:
            raise ValueError("capped_from needs a cap")
        for what in ("cap", "capped_from"):
            value = getattr(self, what)
            if value is not None and not self.accepted.holds(value):
                raise ValueError(f"its {what} {value} is not accepted")
        if self.typical is not None:
            for value in (self.typical.lowest, self.typical.highest):
                if not self.accepted.holds(value):
                    raise ValueError(f"its typical value {value} is not accepted")
        return self
