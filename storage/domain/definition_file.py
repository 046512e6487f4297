"""Reading a table's definition from its folder; what is wrong is one sentence with file, key and remedy."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from storage.domain.definition import TableDefinition
from storage.domain.outline import read_outline
from storage.errors import InvalidDefinition

FILE = "table.toml"
EMBEDDED = Path(__file__).parent / "california_housing"
"""The folder of the table that comes with the repository."""
MOST_PROBLEMS = 3
"""Number of problems in the sentence."""


def read_definition(folder: Path) -> TableDefinition:
    """Read ``table.toml`` of a folder.

    Raises
    ------
    InvalidDefinition
        If it is missing, no TOML, or does not say what it must; or if a file it names for the map is wrong.

    Examples
    --------
    >>> read_definition(EMBEDDED).names[:2]
    ('MedInc', 'HouseAge')
    """
    path = folder / FILE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidDefinition(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidDefinition(f"{path} is not in UTF-8; save it in that encoding.") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidDefinition(f"{path} is not valid TOML: {error}.") from error
    try:
        found = TableDefinition.model_validate(content)
    except ValidationError as error:
        raise InvalidDefinition(f"{path}: {_sentence(error.errors(), content)}.") from error
    if found.place is not None and found.place.outline is not None:
        read_outline(folder / found.place.outline)
    return found


def definition_or_exit(folder: Path) -> TableDefinition:
    """Read the definition; end the process with one sentence if it cannot be used."""
    try:
        return read_definition(folder)
    except InvalidDefinition as error:
        raise SystemExit(str(error)) from None


def _sentence(errors: Sequence[ErrorDetails], content: dict[str, object]) -> str:
    told = [_problem(error, content) for error in errors[:MOST_PROBLEMS]]
    further = len(errors) - MOST_PROBLEMS
    return "; ".join([*told, *(["and more"] if further > 0 else [])])


def _problem(error: ErrorDetails, content: dict[str, object]) -> str:
    where = _place(error["loc"], content)
    if error["type"] == "missing":
        return f"{where} is missing"
    if error["type"] == "extra_forbidden":
        return f"{where} is not known (is it mistyped?)"
    if error["type"] == "union_tag_not_found":
        return f"{where}, by is missing"
    if error["type"] == "union_tag_invalid":
        context = error["ctx"]
        return f"{where}, by: it must be one of {context['expected_tags']}, not '{context['tag']}'"
    if error["type"] == "value_error":
        reason = str(error["ctx"]["error"])
        return f"{where}: {reason}" if where else reason
    told = error["msg"]
    return f"{where}: {told[:1].lower()}{told[1:]}, not {error['input']!r:.60}"


def _place(location: tuple[int | str, ...], content: dict[str, object]) -> str:
    """Return the key as the file has it; an entry of a list by its name, or by its number from 1.

    Examples
    --------
    >>> _place(("inputs", 1, "step"), {"inputs": [{"name": "a"}, {"name": "b"}]})
    'inputs b, step'
    """
    words: list[str] = []
    here: object = content
    for position, part in enumerate(location):
        follows_entry = isinstance(location[position - 1], int)
        if follows_entry and isinstance(here, dict) and here.get("by") == part:
            continue  # which kind of segments it is, not a key
        try:
            here = here[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(part, int):
            name = (here.get("name") or here.get("kind")) if isinstance(here, dict) else None
            words[-1] += f" {name or part + 1}"
        else:
            words.append(part)
    return ", ".join(words)
