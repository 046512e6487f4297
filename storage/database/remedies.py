"""Why a database cannot be used, and what a person can do about it: one sentence for each kind."""

import re
import sqlite3
from functools import cache
from pathlib import Path

import psycopg
import sqlalchemy as sa

from storage.schema.unreadable import UnreadableValue

MIGRATIONS = Path(__file__).parent / "migrations"
DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
DAMAGED_WORDS = ("malformed", "Could not decode")
"""What SQLite and its driver say where they give no code."""
PERMISSIONS = ("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")
INSUFFICIENT_PRIVILEGE = "42501"
WAITING = "predictions go on, and their records wait in the spool"
OTHERWISE = "check that the log-writer runs and that the database is reachable"
VARIABLE = "HOUSING_DATABASE_URL"


def sentence(error: BaseException, url: sa.URL) -> str:
    """Return why the database at this address is not available and what to do; passwords are masked."""
    original = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig else error
    if url.get_backend_name() == "sqlite":
        remedy = _of_sqlite(original, Path(str(url.database)))
    else:
        remedy = _of_postgresql(original, url)
    return f"The log database is not available ({_reason(error)}); {remedy}."


def newer(revision: str, url: sa.URL) -> str:
    """Return the sentence about a database whose schema this version of the code does not know."""
    return (
        f"The log database {shown(url)} has a newer schema ({revision}) than this version of the service "
        f"({newest_revision()}), and nothing in it was changed; install the newer version again or restore a "
        f"backup of before the upgrade. Meanwhile {WAITING}."
    )


def shown(url: sa.URL) -> str:
    """Return where the database is, without a password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    # Parameters of the address may hold a password too.
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def is_known(revision: str) -> bool:
    """Whether a migration of this code leads to the revision."""
    return revision in _revisions()


def newest_revision() -> str:
    """Return the revision that this code migrates to."""
    return max(_revisions())


@cache
def _revisions() -> frozenset[str]:
    """Return the revisions, which the names of the migrations begin with."""
    names = (path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    return frozenset(name.partition("_")[0] for name in names)


def _of_sqlite(error: BaseException, path: Path) -> str:
    code = getattr(error, "sqlite_errorname", "") if isinstance(error, sqlite3.Error) else ""
    if path.is_dir():
        return f"a folder has the name of the file {path}: move it away; {WAITING}"
    if _is_damage(error, code):
        return f"the file {path} is damaged: move it away or restore a backup; {WAITING}"
    if code.startswith("SQLITE_FULL"):
        return f"free some disk space under {path.parent}; {WAITING}"
    if code.startswith(PERMISSIONS):
        return f"fix the permissions of {path}; {WAITING}"
    if code.startswith("SQLITE_IOERR"):
        return f"the file {path} cannot be read or written: check its disk; {WAITING}"
    return OTHERWISE


def _is_damage(error: BaseException, code: str) -> bool:
    said = any(words in str(error) for words in DAMAGED_WORDS)
    return said or code.startswith(DAMAGED) or isinstance(error, UnreadableValue)


def _of_postgresql(error: BaseException, url: sa.URL) -> str:
    said = str(error)
    if isinstance(error, psycopg.Error) and error.sqlstate == INSUFFICIENT_PRIVILEGE:
        return f"give the user of {shown(url)} this right; {WAITING}"
    if "authentication failed" in said or "no password supplied" in said:
        return f"correct user and password in {VARIABLE} ({shown(url)}); {WAITING}"
    if re.search(r'(database|role) ".*" does not exist', said):
        return f"create it, or correct {VARIABLE} ({shown(url)}); {WAITING}"
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        return f"check that the server of {shown(url)} runs and can be reached; {WAITING}"
    return OTHERWISE


def _reason(error: BaseException) -> str:
    # SQLite rolls back by itself when the disk is full; undoing the savepoint then fails too.
    while "no such savepoint" in str(error) and error.__context__ is not None:
        error = error.__context__
    said = str(error.orig if isinstance(error, sa.exc.DBAPIError) else error).strip()
    lines = said.splitlines() or ["no reason given"]
    refused = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
    return (refused or lines)[0]
