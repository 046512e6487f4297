"""One input of a table: a number, a whole number, or one of some categories."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from storage.domain.parts import Name, Number, Part, Range, Words

Kind = Literal["number", "integer", "category"]
MOST_CATEGORIES = 1000
LONGEST_WORD = 200
"""Characters of a category."""


class Written(Part):
    """How a value of an input is written for a person: ``factor`` times it, between prefix and suffix."""

    factor: Annotated[Number, Field(gt=0)] = 1
    prefix: Annotated[str, Field(strict=True, max_length=20)] = ""
    suffix: Annotated[str, Field(strict=True, max_length=20)] = ""


class Feature(Part):
    """How an input is named, measured and bounded.

    In arrays it is a float64: a category is its position in ``categories``, a missing value is NaN. At every
    border (HTTP, files, records, pages) a category is its word, and a missing value is null or empty.

    Attributes
    ----------
    name
        Of the column: a key in JSON, a column of files and of records.
    label, description
        For a person.
    unit
        Empty for a number without one.
    kind
        An "integer" is a number without a fraction.
    missing
        Whether a row may be without it.
    categories
        Of a category, in their order.
    accepted
        What the service takes; of a category, the positions that there are.
    typical
        A sensible range for a form, within ``accepted``.
    step
        Of a form.
    example
        A typical value; of a category, one of its words.
    display
        How sentences write a value; None: with its unit.
    """

    name: Name
    label: Words
    unit: Annotated[str, Field(strict=True, max_length=200)] = ""
    description: Words
    kind: Kind = "number"
    missing: Annotated[bool, Field(strict=True)] = False
    categories: Annotated[list[Words], Field(min_length=2, max_length=MOST_CATEGORIES)] | None = (
        None
    )
    accepted: Range
    typical: Range
    step: Annotated[Number, Field(gt=0)]
    example: Number | Words
    display: Written | None = None

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
        return f"{self.description} Unit: {self.unit}." if self.unit else self.description

    @property
    def is_category(self) -> bool:
        """Whether it is one of some words."""
        return self.categories is not None

    def number_of(self, value: float | str | None) -> float:
        """Return the float64 of a value as it is at a border.

        Raises
        ------
        ValueError
            If there is no such category; the message names those there are.
        """
        if value is None:
            return float("nan")
        if self.categories is None:
            return float(value)
        try:
            return float(self.categories.index(str(value)))
        except ValueError:
            raise ValueError(
                f"{self.name} {value!r}, which is none of {self.known_words()}"
            ) from None

    def value_of(self, number: float) -> float | str | None:
        """Return a float64 as it is at a border: a number, a word, or None."""
        if number != number:
            return None
        return number if self.categories is None else self.categories[int(number)]

    def known_words(self, most: int = 20) -> str:
        """Name the categories, the first ``most`` of them."""
        words = self.categories or []
        further = len(words) - most
        return ", ".join(words[:most]) + (f" and {further:,} more" if further > 0 else "")

    @model_validator(mode="before")
    @classmethod
    def _positions(cls, given: object) -> object:
        """Give a category the range of its positions, which nobody has to write down."""
        if not isinstance(given, dict) or given.get("kind") != "category":
            return given
        words = given.get("categories")
        if not isinstance(words, list) or len(words) < 2:
            raise ValueError("a category needs categories: a list of two words or more")
        for key in ("accepted", "typical", "step"):
            if key in given:
                raise ValueError(f"a category has no {key}")
        span = [0, len(words) - 1]
        return given | {"accepted": span, "typical": span, "step": 1}

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.categories is not None:
            self._check_categories(self.categories)
            return self
        for what, value in (
            ("typical", self.typical.lowest),
            ("typical", self.typical.highest),
            ("example", self.example),
        ):
            if isinstance(value, str) or not self.accepted.holds(value):
                raise ValueError(f"its {what} value {value} is not accepted")
        if self.kind == "integer" and self.example != int(self.example):
            raise ValueError(f"its example value {self.example} is no whole number")
        return self

    def _check_categories(self, words: list[str]) -> None:
        if self.kind != "category":
            raise ValueError(f'categories need kind = "category", not "{self.kind}"')
        repeated = sorted({word for word in words if words.count(word) > 1})
        if repeated:
            raise ValueError(f"the category {repeated[0]} is there twice")
        if self.example not in words:
            raise ValueError(f"its example value {self.example} is none of {self.known_words()}")
