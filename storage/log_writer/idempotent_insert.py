"""Inserting records that may come twice: of a table that names what tells its rows apart, the first stays.

A process that a kill stops between appending a record and keeping that it did appends it again. The record
then has the same id, and the database keeps it once.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

ONCE = "once"
"""In a table's ``info``: the unique column of which a second row is left out, not refused."""


def insert_into(table: sa.Table, dialect: str) -> sa.Insert:
    """Return the INSERT for a table's rows on ``sqlite`` or ``postgresql``."""
    if ONCE not in table.info:
        return sa.insert(table)
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing(index_elements=[table.info[ONCE]])
