"""What was logged while one trigger was carried out, in a file beside it, bounded in size."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

LARGEST_BYTES = 64 * 1024
"""Of the file; one that is full becomes the older half, so both together hold at most twice as much."""
OLDER = ".1"
"""What RotatingFileHandler appends to the name of the older half."""
LINE_FORMAT = "%(asctime)s %(levelname)-7s %(message)s"
CLOCK_FORMAT = "%H:%M:%S"


@contextmanager
def kept_log(path: Path) -> Iterator[None]:
    """Append whatever this process logs meanwhile to ``path``; a full disk costs the lines, not the work."""
    handler = RotatingFileHandler(
        path, maxBytes=LARGEST_BYTES, backupCount=1, encoding="utf-8", delay=True
    )
    formatter = logging.Formatter(LINE_FORMAT, CLOCK_FORMAT)
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


def log_tail(path: Path, lines: int) -> list[str]:
    """Return the last ``lines`` lines that were kept, the oldest first; none if nothing was."""
    older, newer = _lines(path.with_name(path.name + OLDER)), _lines(path)
    return [*older, *newer][-lines:]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
