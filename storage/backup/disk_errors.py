"""What the disk or SQLite raises while a backup is made or restored, as one sentence with what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from storage.errors import BackupUnavailable, HousingError


@contextmanager
def disk_errors_in_words(failed: str, state: str = "") -> Iterator[None]:
    """Turn an error of the disk into one sentence: what ``failed``, and the ``state`` it left, if any.

    Raises
    ------
    BackupUnavailable
        For an error of the disk or of SQLite.
    """
    try:
        yield
    except HousingError:
        raise
    except (OSError, sqlite3.Error) as error:
        sentence = (
            f"{failed} ({error}); free some disk space or fix the permissions, then try again."
        )
        raise BackupUnavailable(f"{sentence} {state}".rstrip()) from error
