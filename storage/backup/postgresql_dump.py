"""Dumps of PostgreSQL, by its own programs: ``pg_dump`` of an exported snapshot, ``pg_restore``."""

import os
import subprocess
from pathlib import Path

import sqlalchemy as sa

from storage.errors import BackupUnavailable


def dump(connection: sa.Connection, url: str, target: Path) -> dict[str, int]:
    """Dump the snapshot of an open transaction, and return the rows of each table in it.

    Raises
    ------
    BackupUnavailable
        If ``pg_dump`` is missing, or fails.
    """
    snapshot = connection.execute(sa.text("SELECT pg_export_snapshot()")).scalar_one()
    _run(
        url,
        ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"],
        [f"--snapshot={snapshot}", f"--file={target}"],
    )
    return row_counts(connection)


def restore_dump(url: str, source: Path) -> None:
    """Restore a dump into an empty database, all of it or nothing.

    Raises
    ------
    BackupUnavailable
        If ``pg_restore`` is missing, or fails.
    """
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run(url, ["pg_restore", *options], [str(source)])


def row_counts(connection: sa.Connection) -> dict[str, int]:
    """Return the number of rows of each table."""
    names = sorted(sa.inspect(connection).get_table_names())
    query = sa.select(sa.func.count())
    return {
        name: int(connection.execute(query.select_from(sa.table(name))).scalar_one())
        for name in names
    }


def _run(url: str, command: list[str], arguments: list[str]) -> None:
    address = sa.make_url(url)
    environment = dict(os.environ)
    if address.password is not None:  # arguments can be seen by everybody on the machine
        environment["PGPASSWORD"] = str(address.password)
    shown = address.set(drivername="postgresql", password=None).render_as_string()
    try:
        done = subprocess.run(
            [*command, f"--dbname={shown}", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise BackupUnavailable(
            f"{command[0]} is not installed; install PostgreSQL's client programs, "
            "in the version of the server."
        ) from None
    if done.returncode != 0:
        problem = "; ".join(done.stderr.strip().splitlines()) or "no reason given"
        raise BackupUnavailable(f"{command[0]} failed ({problem}).")
