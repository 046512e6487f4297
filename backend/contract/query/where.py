"""A segment of the rows in a query string, such as `age:2..4;kind:flat|house`: all conditions must hold.

A range has both of its ends, or with `<` before the second one only the first; either may be left out.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from storage.domain.feature import Feature
from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.slices import SEGMENT_NAMES, SEGMENTS

MOST_CONDITIONS = 8
MISSING = "missing"
_KINDS = {one.kind for one in SEGMENTS}
_BY_NAME = {feature.name: feature for feature in FEATURES}


@dataclass(frozen=True)
class Condition:
    """What one input, or one kind of segments, must be.

    Attributes
    ----------
    name
        Of the input, or of the kind.
    lowest, highest
        Of a number, in its own unit; both included, unless ``excluded`` says that the highest is not.
    words
        Any of these, of a category; one of them, of a kind of segments.
    missing
        The input must have no value.
    """

    name: str
    lowest: float = -inf
    highest: float = inf
    excluded: bool = False
    words: tuple[str, ...] = ()
    missing: bool = False

    @property
    def is_of_kind(self) -> bool:
        """Whether it names a segment of the table's definition."""
        return self.name not in FEATURE_NAMES

    def __str__(self) -> str:
        if self.missing:
            return f"{self.name}:{MISSING}"
        if self.words:
            return f"{self.name}:{'|'.join(self.words)}"
        return (
            f"{self.name}:{_end(self.lowest)}..{'<' if self.excluded else ''}{_end(self.highest)}"
        )


def read_where(value: Any) -> Any:
    """Parse conditions separated by semicolons; return a tuple of them unchanged.

    Raises
    ------
    PydanticCustomError
        If one has no name of an input or of a kind of segments, or no value that it can have.

    Examples
    --------
    >>> name = next(feature.name for feature in FEATURES if feature.categories is None)
    >>> written_where(read_where(f"{name}:2.50..<4")).removeprefix(name)
    ':2.5..<4'
    """
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split(";") if part.strip()]
    if not 1 <= len(parts) <= MOST_CONDITIONS:
        raise _refusal(f"write 1 to {MOST_CONDITIONS} conditions, separated by semicolons")
    found = tuple(_read(part) for part in parts)
    if len({one.name for one in found}) < len(found):
        raise _refusal("write one condition for each name")
    return found


def written_where(conditions: tuple[Condition, ...]) -> str:
    """Return the conditions as they are written in an address."""
    return ";".join(map(str, conditions))


NUMBER_FORM = r"-?[0-9]{1,9}([.][0-9]{1,9})?"
RANGE_FORM = rf"({NUMBER_FORM}[.][.](<?{NUMBER_FORM})?|[.][.]<?{NUMBER_FORM})"


def _form() -> str:
    """Return the pattern of conditions: a schema cannot say that no name comes twice, nor the ends' order."""
    names = defaultdict(list)
    for feature in FEATURES:
        names[_forms_of(feature)].append(feature.name)
    for kind, words in SEGMENT_NAMES.items():
        names[_any_of(words)].append(kind)
    one = "(" + "|".join(f"{_any_of(each)}:{form}" for form, each in names.items()) + ")"
    return f"^{one}(;{one}){{0,{MOST_CONDITIONS - 1}}}$"


def _forms_of(feature: Feature) -> str:
    if feature.categories is None:
        known = RANGE_FORM
    else:
        word = _any_of(feature.categories)
        known = rf"{word}([|]{word})*"
    return f"({known}|{MISSING})" if feature.missing else known


def _any_of(words: Iterable[str]) -> str:
    return "(" + "|".join(re.sub(r"([][.^$*+?(){}|\\])", r"\\\1", word) for word in words) + ")"


Where = Annotated[
    tuple[Condition, ...],
    BeforeValidator(read_where),
    PlainSerializer(written_where, when_used="json"),
    WithJsonSchema({"type": "string", "minLength": 1, "pattern": _form()}),
]
"""Which rows a query is about."""


def _read(part: str) -> Condition:
    name, colon, value = (each.strip() for each in part.partition(":"))
    if not colon or not value:
        raise _refusal(f"{part[:60]!r} is no condition: write a name, a colon and a value")
    feature = _BY_NAME.get(name)
    if feature is None:
        return _of_kind(name, value)
    if value == MISSING and feature.missing:
        return Condition(name, missing=True)
    if feature.categories is not None:
        return _of_category(name, value, tuple(feature.categories))
    return _of_range(name, value)


def _of_kind(name: str, value: str) -> Condition:
    if name not in _KINDS:
        known = ", ".join([*FEATURE_NAMES, *sorted(_KINDS)])
        raise _refusal(f"{name[:60]!r} is neither an input nor a kind of segments: {known}")
    return Condition(name, words=(value,))


def _of_category(name: str, value: str, known: tuple[str, ...]) -> Condition:
    words = tuple(dict.fromkeys(value.split("|")))
    unknown = [word for word in words if word not in known]
    if unknown:
        raise _refusal(f"{name} is never {unknown[0][:60]!r}; it is one of {', '.join(known)}")
    return Condition(name, words=words)


def _of_range(name: str, value: str) -> Condition:
    begin, dots, end = value.partition("..")
    if not dots or not (begin or end.removeprefix("<")):
        raise _refusal(f"write {name} as a range, such as {name}:1..2.5, {name}:1.. or {name}:..2")
    lowest = _number(name, begin, -inf)
    highest = _number(name, end.removeprefix("<"), inf)
    if lowest > highest:
        raise _refusal(f"the range of {name} ends before it begins")
    return Condition(name, lowest, highest, excluded=end.startswith("<"))


def _number(name: str, text: str, without: float) -> float:
    if not text.strip():
        return without
    try:
        number = float(text)
    except ValueError as error:
        raise _refusal(f"{text[:60]!r} is no number for {name}") from error
    if number != number or number in (inf, -inf):
        raise _refusal(f"{text[:60]!r} is no number for {name}")
    return number


def _end(number: float) -> str:
    return "" if number in (inf, -inf) else f"{number!r}".removesuffix(".0")


def _refusal(message: str) -> PydanticCustomError:
    # As a context value: braces in what a person wrote are no placeholders.
    return PydanticCustomError("where", "{message}", {"message": message})
