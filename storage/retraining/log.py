"""The log of one retraining, in a file beside its trigger, limited in size."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

LARGEST_BYTES = 64 * 1024
"""Limit of the file; a full one becomes the older half, so both together hold at most twice as much."""
OLDER = ".1"
"""The suffix that RotatingFileHandler gives the older half."""
LINE_FORMAT = "%(asctime)s %(levelname)-7s %(message)s"
CLOCK_FORMAT = "%H:%M:%S"


@contextmanager
def kept_log(path: Path) -> Iterator[None]:
    """Append this process's log lines to ``path``; on a full disk lines are lost, but the work goes on."""
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
    """Return the last ``lines`` lines, oldest first; empty if there are none."""
    older, newer = _lines(path.with_name(path.name + OLDER)), _lines(path)
    return [*older, *newer][-lines:]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
