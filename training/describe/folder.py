"""Writing the folder of a table: its definition and its rows, both or neither."""

import shutil
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from storage.domain.definition import TableDefinition
from storage.domain.definition_file import FILE, read_definition
from storage.errors import InvalidDefinition, InvalidInput
from storage.process.atomic_files import make_folder
from training.describe.draft import ROWS_FILE, drafted
from training.describe.facts import Facts

FILES = (ROWS_FILE, FILE)
"""In the order in which they are put into place: the definition last."""


def refuse_folder(folder: Path, source: Path, *, replaces: bool) -> None:
    """Refuse a folder that must not be written to.

    Raises
    ------
    InvalidInput
        If it has a table already that is not to be replaced, or is none.
    """
    if folder.exists() and not folder.is_dir():
        raise InvalidInput(f"{folder} is not a folder: name another one by -o.")
    if source.exists() and source.resolve() in {(folder / name).resolve() for name in FILES}:
        raise InvalidInput(
            f"{source} would be replaced by what is written: name another folder by -o."
        )
    there = [name for name in FILES if (folder / name).exists()]
    if there and not replaces:
        raise InvalidInput(
            f"{folder} has a {there[-1]} already: name another folder by -o, or replace it by --replace."
        )


def write_folder(facts: Facts, folder: Path) -> TableDefinition:
    """Write the definition and the rows, once the definition was read back without a problem.

    Raises
    ------
    InvalidDefinition
        If the draft is no valid definition; nothing was written.
    OSError
        If it cannot be written.
    """
    make_folder(folder.absolute().parent)
    draft = Path(tempfile.mkdtemp(dir=folder.absolute().parent, prefix=f".{folder.name}."))
    try:
        (draft / FILE).write_text(drafted(facts), encoding="utf-8")
        pyarrow.parquet.write_table(_rows(facts), draft / ROWS_FILE)
        try:
            definition = read_definition(draft)
        except InvalidDefinition as error:
            raise InvalidDefinition(
                str(error).replace(str(draft), f"The draft of {folder}")
            ) from error
        make_folder(folder)
        for name in FILES:
            (draft / name).replace(folder / name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return definition


def _rows(facts: Facts) -> pa.Table:
    """Return the columns that are kept: inputs in their order, target, time and identifier."""
    roles = facts.roles
    kept = [*roles.inputs, roles.target]
    kept += [one for one in (roles.time, roles.identifier) if one is not None]
    return pa.table({facts.names[one.name]: one.raw for one in kept})
