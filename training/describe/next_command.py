"""What a person types next, to train on a table that was drafted and to serve the model."""

import os
import shlex
from contextlib import suppress
from pathlib import Path

from storage.domain.definition import TableDefinition
from storage.env_file import assignments
from storage.errors import InvalidInput
from storage.paths import RuntimePaths
from storage.runtime_table import refuse_other_table

VARIABLE = "HOUSING_RUNTIME_DIRECTORY"
DEFAULT = "runtime"
ENV_FILE = Path(".env")


def next_command(folder: Path, table: TableDefinition) -> str:
    """Return the command; with a runtime folder of its own where the usual one has another table's records.

    Examples
    --------
    >>> from storage.domain.definition_file import EMBEDDED, read_definition
    >>> next_command(Path("my cars"), read_definition(EMBEDDED)).endswith(" make up")
    True
    """
    words = [f"HOUSING_TABLE={shlex.quote(str(folder))}"]
    try:
        refuse_other_table(RuntimePaths(_runtime_folder()), table, writes=False)
    except SystemExit:
        words.append(f"{VARIABLE}={shlex.quote(str(folder / DEFAULT))}")
    return " ".join([*words, "make up"])


def _runtime_folder() -> Path:
    # Not by the settings: these belong to a table in use, and there need not be one yet.
    named = os.environ.get(VARIABLE)
    with suppress(InvalidInput):
        if not named and ENV_FILE.is_file():
            named = {each.name: each.value for each in assignments(ENV_FILE)}.get(VARIABLE)
    return Path(named or DEFAULT).absolute()
