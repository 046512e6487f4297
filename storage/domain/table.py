"""The table that this installation predicts on: read once, the same for every process.

Its folder is the setting ``HOUSING_TABLE``. It is read here and not with the other settings, because classes
and columns are made from it when they are imported.
"""

import os
from contextlib import suppress
from pathlib import Path

from storage.domain.definition_file import EMBEDDED, definition_or_exit
from storage.env_file import assignments
from storage.errors import InvalidInput

VARIABLE = "HOUSING_TABLE"
ENV_FILE = Path(".env")
BROUGHT_ALONG = Path(__file__).parent / "own_table"
"""Only in the code that travels with a model in MLflow: the definition of its table, and of no other."""


def chosen_folder() -> Path:
    """Return the folder that the environment names, otherwise ``.env``; the embedded table's by default."""
    if BROUGHT_ALONG.is_dir():
        return BROUGHT_ALONG
    named = os.environ.get(VARIABLE) or _from_env_file()
    return Path(named).expanduser().absolute() if named else EMBEDDED


def _from_env_file() -> str | None:
    if not ENV_FILE.is_file():
        return None
    # A file that cannot be read is refused with all settings, in one sentence.
    with suppress(InvalidInput):
        return {each.name: each.value for each in assignments(ENV_FILE)}.get(VARIABLE)
    return None


FOLDER = chosen_folder()
TABLE = definition_or_exit(FOLDER)
IS_EMBEDDED = FOLDER == EMBEDDED
