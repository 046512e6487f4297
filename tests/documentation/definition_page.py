"""The reference of ``table.toml``, made from the classes that read it."""

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from storage.domain.definition import TableDefinition
from storage.domain.parts import Range
from tests.documentation.markdown import page, table

INTRODUCTION = """
What a table is, in TOML: `table.toml`, in a folder with the rows, which `HOUSING_TABLE` names.
`python -m training.describe` drafts one ([how](../how-to/predict-on-your-own-table.md)); the embedded one is
`storage/domain/california_housing/table.toml`. It is read and checked when a process starts: an unknown key
is an error, for a mistyped one would be ignored.

A range is a pair, `[lowest, highest]`. What a runtime folder's records mean may not change: the names, units
and categories of the inputs, and the target. Labels, ranges, presets and all else may, at the next start.
"""
ATTRIBUTE = re.compile(r"^(\w+(?:, \w+)*)\n((?:    .*\n?|\n)+)", re.MULTILINE)
LITERAL = re.compile(r"``([^`]+)``")


def definition() -> str:
    """Return the page."""
    return page("Table definition", INTRODUCTION, *_sections())


def _sections() -> Iterator[str]:
    yield _section("The top", TableDefinition)
    for path, part in _parts(TableDefinition):
        yield _section(f"`{path}`", part)


def _parts(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield each part that has a section of its own, by its heading in TOML."""
    for name, field in model.model_fields.items():
        inner = [each for each in _models(field.annotation) if each is not Range]
        for part in inner:
            is_list = "list[" in str(field.annotation)
            path = f"{above}{name}"
            by = part.model_fields.get("by")
            heading = f"[[{path}]]" if is_list else f"[{path}]"
            kind = f', by = "{get_args(by.annotation)[0]}"' if by is not None else ""
            yield f"{heading}{kind}", part
            yield from _parts(part, f"{path}.")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _section(heading: str, part: type[BaseModel]) -> str:
    text = cleandoc(part.__doc__ or "")
    summary, _, attributes = text.partition("Attributes\n----------\n")
    meanings = dict(_meanings(attributes))
    rows = [
        [f"`{name}`", _default(field), meanings.get(name) or _below(field)]
        for name, field in part.model_fields.items()
    ]
    head = ["key", "required or default", "meaning"]
    return f"## {heading}\n\n{_marked(summary.strip())}\n\n{table(head, rows)}"


def _below(field: FieldInfo) -> str:
    parts = [each for each in _models(field.annotation) if each is not Range]
    return "See below." if parts else ""


def _meanings(attributes: str) -> Iterator[tuple[str, str]]:
    for names, text in ATTRIBUTE.findall(attributes):
        for name in names.split(", "):
            yield name, _marked(" ".join(text.split()))


def _marked(text: str) -> str:
    return LITERAL.sub(r"`\1`", text).replace("None: ", "without it: ")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if isinstance(field.default, BaseModel) or field.default in (None, "", [], {}):
        return "none"
    return f"`{field.default!r}`".replace("False", "false").replace("True", "true")
