"""The problems of an invalid request: at most 100, found without looking for all of them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from backend.contract.base import ValidationProblem
from storage.domain.inputs import FEATURE_NAMES

LONGEST_ECHO = 100
"""Characters of an invalid value that are repeated in the answer."""
MOST_PROBLEMS = 100
"""Problems listed in one answer; a batch can have tens of thousands."""
NOT_BLANK = r"'\S'"
"""The pattern of texts for people, as it ends pydantic's message."""
MOST_NAMES = 16
"""Names in one sentence."""
OF_A_KEY = "[key]"
"""The end of pydantic's path of a problem with a key, not with its value."""


@dataclass(frozen=True)
class Problems:
    """The first problems of a request; ``more`` if others may follow."""

    details: Sequence[ErrorDetails]
    more: bool

    @classmethod
    def of_values(cls, error: ValidationError) -> "Problems":
        """Return those of an error that was raised for few values."""
        details = _details(error)
        return cls(details[:MOST_PROBLEMS], len(details) > MOST_PROBLEMS)

    @classmethod
    def of_body(cls, model: type[BaseModel], body: bytes, error: ValidationError) -> "Problems":
        """Return those of a body; in a list, ``error`` ends with the first item that has any."""
        details = _details(error)
        failed = {_list_and_item(each) for each in details} - {None}
        for name, index in sorted(filter(None, failed)):
            if len(details) > MOST_PROBLEMS:
                break
            later = _of_items(model, name, from_json(body)[name], index + 1)
            details += [each for each, _ in zip(later, range(MOST_PROBLEMS + 1), strict=False)]
        named = _by_value(details, body)
        return cls(named[:MOST_PROBLEMS], len(named) > MOST_PROBLEMS)

    def listed(self) -> list[ValidationProblem]:
        """Return them as the answer lists them."""
        return [
            ValidationProblem(
                field=_field(detail["loc"]),
                message=detail["msg"],
                input=_echo(detail),
                kind=detail["type"],
            )
            for detail in self.details
        ]

    def sentence(self) -> str:
        """Return the error in one sentence."""
        cut = f"; only the first {MOST_PROBLEMS} problems are listed" if self.more else ""
        return self._what() + cut

    def _what(self) -> str:
        missing, unknown = self._fields("missing"), self._fields("extra_forbidden")
        if missing:
            inputs = {field.rpartition(".")[2] for field in missing} & set(FEATURE_NAMES)
            return f"Missing required {'features' if inputs else 'fields'}: {_names(missing)}"
        if unknown:
            return f"Unknown fields: {_names(unknown)}"
        first, others = self.details[0], len(self.details) - 1
        more = f" (and {others} more problems)" if others else ""
        return f"{_field(first['loc'])}: {first['msg']}{more}"

    def _fields(self, kind: str) -> list[str]:
        return [_field(detail["loc"]) for detail in self.details if detail["type"] == kind]


def _details(error: ValidationError) -> list[ErrorDetails]:
    details = error.errors(include_url=False, include_context=False)
    for detail in details:
        if detail["type"] == "string_pattern_mismatch" and detail["msg"].endswith(NOT_BLANK):
            detail["msg"] = "Text must not be blank"
        # Pydantic's word for a sentence of our own.
        detail["msg"] = detail["msg"].removeprefix("Value error, ")
    return details


def _by_value(details: list[ErrorDetails], body: bytes) -> list[ErrorDetails]:
    """Return the first problem of each value: one that may be of several kinds has one for each of them."""
    if details[0]["type"] == "json_invalid":
        return details
    read = from_json(body)
    found: dict[tuple[int | str, ...], ErrorDetails] = {}
    for detail in details:
        path = _path_in(read, detail)
        found.setdefault(path, detail | {"loc": path})
    return list(found.values())


def _path_in(body: Any, detail: ErrorDetails) -> tuple[int | str, ...]:
    """Return where in a body a problem is: pydantic's path without the names of the kinds that it tried."""
    path: list[int | str] = []
    value = body
    for part in detail["loc"]:
        if _has(value, part):
            value = value[part]
            path.append(part)
    last = detail["loc"][-1:]
    return (*path, *last) if detail["type"] == "missing" or last == (OF_A_KEY,) else tuple(path)


def _has(value: Any, part: int | str) -> bool:
    if isinstance(value, list):
        return isinstance(part, int) and part < len(value)
    return isinstance(value, dict) and part in value


def _list_and_item(detail: ErrorDetails) -> tuple[str, int] | None:
    match detail["loc"]:
        case (str(name), int(index), *_):
            return name, index
    return None


def _of_items(
    model: type[BaseModel], name: str, items: Sequence[Any], first: int
) -> Iterator[ErrorDetails]:
    adapter = _item_adapter(model, name)
    for index in range(first, len(items)):
        try:
            # As JSON, like the body: what is a number there and what is not differs from Python's rules.
            adapter.validate_json(to_json(items[index], inf_nan_mode="constants"))
        except ValidationError as error:
            for detail in _details(error):
                yield detail | {"loc": (name, index, *detail["loc"])}


@lru_cache
def _item_adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    annotation = model.model_fields[name].annotation
    kinds = [_bare(each) for each in (annotation, *get_args(annotation))]
    (item,) = next(get_args(kind) for kind in kinds if get_origin(kind) is list)
    return TypeAdapter(item)


def _bare(annotation: Any) -> Any:
    """Return a type without its limits."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _field(location: Sequence[int | str]) -> str:
    """Write ("instances", 3, "width") as instances[3].width; an empty path is "body"."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.lstrip(".")[:LONGEST_ECHO] or "body"


def _echo(detail: ErrorDetails) -> Any:
    """Return the invalid value, shortened and in a form that JSON can represent."""
    value = detail["input"]
    if detail["type"] in ("missing", "json_invalid"):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:LONGEST_ECHO]


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown}, and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else shown
