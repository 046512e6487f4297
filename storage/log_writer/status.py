"""The log-writer's status for other processes, in a small file beside the spool.

It is not in the database, because it matters most when the database cannot be written.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, ValidationError

from storage.schema.records import Record

AlarmKind = Literal[
    "clock", "database_unavailable", "spool_unavailable", "database_replaced", "spool_removed"
]
"""What is counted: minutes without database or spool or with a clock far ahead; times that files vanished."""


class LogWriterStatus(Record):
    """Totals since the log-writer started; ``lag_seconds`` is the longest wait in the last batch.

    ``problems``: what a person should know now, in a sentence each.
    """

    updated_at: AwareDatetime
    records_moved: int = 0
    records_rejected: int = 0
    lag_seconds: float = 0.0
    rows_pruned: Mapping[str, int] = {}
    alarms: Mapping[AlarmKind, int] = {}
    problems: tuple[str, ...] = ()


def publish(path: Path, status: LogWriterStatus) -> None:
    """Replace the file; a reader sees the old status or the new one. Not flushed: it is soon outdated.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    draft = path.with_suffix(".json.new")
    draft.write_text(status.model_dump_json(), encoding="utf-8")
    draft.replace(path)


def read_status(path: Path) -> LogWriterStatus | None:
    """Return the last status; None if there is none or it is unreadable."""
    try:
        return LogWriterStatus.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
