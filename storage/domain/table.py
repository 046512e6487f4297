"""The table that this installation predicts on: read once, the same for every process."""

from storage.domain.definition_file import EMBEDDED, definition_or_exit

TABLE = definition_or_exit(EMBEDDED)
