"""The table that this installation predicts on: read once, the same for every process."""

from storage.domain.definition_file import EMBEDDED, read_definition

TABLE = read_definition(EMBEDDED)
