"""The progress of work that takes days, in a small file of its own, so that it survives a kill."""

import logging
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from storage.errors import ProgressUnavailable
from storage.process.atomic_files import write_atomically
from storage.schema.records import Record

logger = logging.getLogger(__name__)

Progress = TypeVar("Progress", bound=Record)


def keep_progress(path: Path, progress: Record) -> None:
    """Replace the file; atomic and durable.

    Raises
    ------
    ProgressUnavailable
        If it cannot be written; the file is unchanged.
    """
    try:
        write_atomically(path, progress.model_dump_json(indent=2).encode())
    except OSError as error:
        raise ProgressUnavailable(
            f"{path.name} cannot be written ({error.strerror}); free some disk space or fix the permissions."
        ) from error


def read_progress(path: Path, kind: type[Progress]) -> Progress | None:
    """Return the file's content; None if it is missing, or unreadable, which is logged."""
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        logger.error("%s cannot be read, so its counts start again from zero: %s", path.name, error)
        return None
