"""The states of the supervised processes, in a small file between the supervisor and the service."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from backend.contract.service import SupervisedProcess
from storage.process.atomic_files import write_atomically
from storage.schema.records import Record

WRITE_SECONDS = 10.0
"""The file is written at least so often."""
VALID = timedelta(seconds=3 * WRITE_SECONDS)
"""An older file is from a supervisor that has ended or hangs."""


class ProcessStates(Record):
    """The content of the file."""

    written_at: AwareDatetime
    processes: list[SupervisedProcess]


def write_states(path: Path, states: ProcessStates) -> None:
    """Replace the file; on a full disk nothing happens, and the file grows old."""
    with suppress(OSError):
        # Not flushed to the disk: after a power cut nobody asks for it, and the supervisor must not wait.
        write_atomically(path, states.model_dump_json().encode(), durable=False)


def supervised(path: Path, now: datetime, *, with_lines: bool) -> list[SupervisedProcess] | None:
    """Return the processes, None if nothing is supervised; their output only ``with_lines``."""
    try:
        states = ProcessStates.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
    if abs(now - states.written_at) > VALID:
        return None
    if with_lines:
        return states.processes
    return [process.model_copy(update={"last_lines": []}) for process in states.processes]
