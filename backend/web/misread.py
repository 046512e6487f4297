"""Bodies that a parser takes for something else than is written: a key twice, a number that becomes 0.

Of a key given twice a parser keeps the last value without a word, and ``1e-400`` is 0 to it. A valid body has
a colon for each of its keys, so counting them tells in no time whether it has to be parsed once more.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, RootModel

from backend.contract.base import ValidationProblem
from backend.web.answers import InvalidRequest
from storage.tables.number import NOT_ZERO, TOO_SMALL

SMALL = (b"e-", b"E-", b"0" * 300)
"""Without one of these, no number is smaller than any float."""
MOST_PROBLEMS = 100
LONGEST_FIELD = 100
TWICE = "This key is given twice: keep one of them"

PLAIN = (bool, float, int, str, NoneType)
"""What has no keys."""

Path = tuple[str | int, ...]


def refuse_misread(model: BaseModel, body: bytes) -> None:
    """Refuse a valid body that does not say what was read from it.

    Raises
    ------
    InvalidRequest
        400, naming each key that is given twice and each number that is too small, at most 100.
    """
    if body.count(b":") == keys_of(model) and not may_hide_a_number(body):
        return
    read = json.loads(body, object_pairs_hook=_Keys, parse_float=_number, parse_int=str)
    problems = []
    for path, message in _misread(read, ()):
        problem = ValidationProblem(
            field=_written(path), message=message, input=None, kind="misread"
        )
        problems.append(problem)
        if len(problems) == MOST_PROBLEMS:
            break
    if problems:
        first = problems[0]
        raise InvalidRequest(f"{first.field}: {first.message}.", problems)


def may_hide_a_number(body: bytes) -> bool:
    """Whether a number in it may be so small that a parser takes it for 0."""
    return any(each in body for each in SMALL)


def keys_of(value: Any) -> int:
    """Return the number of keys from which a value was read."""
    if isinstance(value, RootModel):
        return keys_of(value.root)
    if isinstance(value, BaseModel):
        fields, names = value.__dict__, value.model_fields_set
        if value.__pydantic_extra__:
            fields = fields | value.__pydantic_extra__
        return len(names) + sum([keys_of(fields[name]) for name in names])
    if isinstance(value, dict):
        return len(value) + sum(map(keys_of, value.values()))
    if not isinstance(value, list | tuple) or not value:
        return 0
    if isinstance(value[0], BaseModel):
        return _keys_of_models(value)
    return sum(map(keys_of, value))


def _keys_of_models(models: Sequence[BaseModel]) -> int:
    """Return the number of keys of models of one kind, in little time: a batch has thousands."""
    inner = _fields_with_keys(type(models[0]))
    keys = sum(len(model.model_fields_set) for model in models)
    for name in inner:
        keys += sum(
            keys_of(given) for model in models if (given := getattr(model, name)) is not None
        )
    return keys


@lru_cache
def _fields_with_keys(kind: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields whose values may have keys of their own."""
    fields = kind.model_fields.items()
    return tuple(name for name, field in fields if not _is_plain(field.annotation))


def _is_plain(annotation: Any) -> bool:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return True
    if origin is Annotated:
        return _is_plain(parts[0])
    return all(map(_is_plain, parts)) if parts else annotation in PLAIN


class _Keys:
    """An object as it is written."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        self.pairs = pairs


def _number(text: str) -> float:
    """Return NaN for a number that would become 0 and is not."""
    number = float(text)
    return math.nan if number == 0 and re.match(NOT_ZERO, text) else number


def _misread(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, _Keys):
        seen = set()
        for name, inner in value.pairs:
            if name in seen:
                yield (*path, name), TWICE
            seen.add(name)
            yield from _misread(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _misread(inner, (*path, index))
    elif isinstance(value, float) and math.isnan(value):
        yield path, TOO_SMALL


def _written(path: Path) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).lstrip(".")[:LONGEST_FIELD]
