"""A runtime folder belongs to one table: its records mean something by that table's inputs only."""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ValidationError

from storage.domain.definition import TableDefinition
from storage.domain.definition_file import EMBEDDED, read_definition
from storage.paths import RuntimePaths


class Column(BaseModel):
    """What a column of the records means: its name and unit, and the words of a category."""

    name: str
    unit: str
    categories: list[str] | None = None
    missing: bool = False


class RuntimeTable(BaseModel):
    """The table that a runtime folder is of: what its records mean.

    Labels, ranges and presets may change; these may not.
    """

    name: str
    inputs: list[Column]
    target: Column

    @classmethod
    def of(cls, table: TableDefinition) -> "RuntimeTable":
        """Return what is kept of a definition."""
        inputs = [
            Column(name=one.name, unit=one.unit, categories=one.categories, missing=one.missing)
            for one in table.inputs
        ]
        target = Column(name=table.target.name, unit=table.target.unit)
        return cls(name=table.name, inputs=inputs, target=target)


def refuse_other_table(paths: RuntimePaths, table: TableDefinition, *, writes: bool) -> None:
    """End the process with one sentence if the runtime folder is of another table.

    The first command that ``writes`` there makes it one of ``table``.
    """
    ours, known = RuntimeTable.of(table), _known(paths)
    if known is not None and known != ours:
        raise SystemExit(_refusal(paths, known, ours))
    if writes and not paths.table.exists():
        _keep(paths.table, ours)


def _refusal(paths: RuntimePaths, known: RuntimeTable, ours: RuntimeTable) -> str:
    difference = _difference(known, ours)
    if known.name != ours.name:
        return (
            f"{paths.root} has the records of {known.name}, but the definition in use is that of "
            f"{ours.name}, which differs in {difference}: set HOUSING_TABLE to the folder of "
            f"{known.name}, or HOUSING_RUNTIME_DIRECTORY to another folder. Nothing was changed."
        )
    changed = (
        f"The definition of {ours.name} differs in {difference} from the one that {paths.root} was "
    )
    if _holds_nothing_else(paths):
        return (
            f"{changed}begun with. It has no records yet: remove {paths.table} to "
            "begin with this one. Nothing was changed."
        )
    return (
        f"{changed}begun with, so its records would mean something else: undo that, "
        "or set HOUSING_RUNTIME_DIRECTORY to another folder. Nothing was changed."
    )


def _holds_nothing_else(paths: RuntimePaths) -> bool:
    return [entry.name for entry in paths.root.iterdir()] == [paths.table.name]


def _known(paths: RuntimePaths) -> RuntimeTable | None:
    """Return the table of a folder; None if it is new. One of an earlier release has the embedded table."""
    try:
        return RuntimeTable.model_validate_json(paths.table.read_bytes())
    except FileNotFoundError:
        is_used = paths.database.exists() or paths.champion_pointer.exists()
        return RuntimeTable.of(read_definition(EMBEDDED)) if is_used else None
    except (OSError, ValidationError) as error:
        raise SystemExit(
            f"{paths.table} cannot be read ({type(error).__name__}), so it is not known which table this "
            "runtime folder is of: restore it from a backup, or remove it if HOUSING_TABLE is right."
        ) from error


def _keep(path: Path, table: RuntimeTable) -> None:
    """Write the file whole, unless another process was first."""
    content = json.dumps(table.model_dump(), indent=2) + "\n"
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent) as draft:
        draft.write(content)
        draft.flush()
        os.fchmod(draft.fileno(), 0o644)
        with suppress(FileExistsError):
            os.link(draft.name, path)


def _difference(known: RuntimeTable, ours: RuntimeTable) -> str:
    """Say in what two tables differ first.

    Examples
    --------
    >>> kept = RuntimeTable.of(read_definition(EMBEDDED))
    >>> fewer = kept.model_copy(update={"inputs": kept.inputs[1:]})
    >>> _difference(kept, kept.model_copy(update={"name": "cars"})), _difference(kept, fewer)
    ('its name', 'its inputs (MedInc)')
    """
    if known.inputs != ours.inputs:
        ordered = [*known.inputs, *ours.inputs]
        differing = [one.name for one in ordered if (one in known.inputs) != (one in ours.inputs)]
        return f"its inputs ({', '.join(dict.fromkeys(differing)) or 'their order'})"
    return "its target" if known.target != ours.target else "its name"
