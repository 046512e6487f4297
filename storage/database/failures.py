"""Whose fault a database error is: the record's, which is set aside, or the database's: then all wait.

When in doubt it is the database's: then a record waits in the spool, where nothing is lost.
"""

import sqlite3

import psycopg
import sqlalchemy as sa

from storage.schema.tables import metadata

SEQUENCE_EXHAUSTED = "2200H"
DATATYPE_MISMATCH = "42804"
DATA_EXCEPTIONS, CONSTRAINT_VIOLATIONS = "22", "23"
"""The first two characters of PostgreSQL's error codes."""

NUMBERED_BY_THE_DATABASE = frozenset(
    table.name for table in metadata.tables.values() if "id" in table.columns
)
OF_THE_LOG_WRITER = ("request_rollup", "spool_positions")
"""Tables whose keys come from the log-writer, not from a record."""
UNBINDABLE = "Error binding parameter"


def is_fault_of_record(error: sa.exc.DBAPIError) -> bool:
    """Whether the database refused the record itself: a value or a constraint of its row.

    A full disk, a lost connection, a missing right or table, an exhausted sequence or a damaged file is not,
    nor is an id that the database gave twice.
    """
    if error.connection_invalidated:
        return False
    if isinstance(error.orig, psycopg.Error):
        return _postgresql_refused(error.orig)
    return isinstance(error.orig, sqlite3.Error) and _sqlite_refused(error.orig)


def _postgresql_refused(error: psycopg.Error) -> bool:
    code = error.sqlstate
    if code is None:  # the driver cannot send the value, such as a text with a NUL
        return isinstance(error, psycopg.DataError | psycopg.ProgrammingError)
    if code.startswith(CONSTRAINT_VIOLATIONS):
        return error.diag.constraint_name not in {
            f"{name}_pkey" for name in (*NUMBERED_BY_THE_DATABASE, *OF_THE_LOG_WRITER)
        }
    if code == SEQUENCE_EXHAUSTED:  # PostgreSQL counts it among the wrong values
        return False
    return code == DATATYPE_MISMATCH or code.startswith(DATA_EXCEPTIONS)


def _sqlite_refused(error: sqlite3.Error) -> bool:
    if isinstance(error, sqlite3.IntegrityError):
        keys = [f" {name}.id" for name in NUMBERED_BY_THE_DATABASE]
        keys += [f" {name}." for name in OF_THE_LOG_WRITER]
        return not any(key in str(error) for key in keys)
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError):
        return UNBINDABLE in str(error)
    return isinstance(error, sqlite3.DataError)
