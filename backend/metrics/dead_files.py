"""What dead workers left: their numbers are merged in one file of each kind, their live gauges removed.

Otherwise a worker that keeps dying would fill the disk, half a megabyte at a time, and slow down each scrape.

Each file that is added replaces the sums by a single rename. Their new name says which one it was and which
sums are the newest, ``counter_dead-000002-<process>.db``: if the process is killed before it has removed
the earlier sums and that file, neither counts any more.
"""

import fcntl
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

from prometheus_client.mmap_dict import MmapedDict

from backend.metrics.files import content

logger = logging.getLogger(__name__)

LIVE_FILES = "gauge_live*.db"
NEWEST = "gauge_mostrecent"
KINDS = ("counter", "histogram", NEWEST)
SUMS = re.compile(r"(\w+)_dead-(\d+)-(.+)\.db")
Values: TypeAlias = dict[str, tuple[float, float]]
"""Numbers by key, each with its time."""


def add_up_dead(folder: Path) -> None:
    """Add up the files of dead workers; on a full disk they stay as they are.

    To be called when a worker starts, since each death is followed by a start.
    """
    with suppress(OSError), _locked(folder, fcntl.LOCK_EX):
        for path in folder.glob(LIVE_FILES):
            remove_if_dead(path)
        for path in set(folder.glob("*.db")) - set(counting(folder)):
            path.unlink()
        for kind in KINDS:
            for path in sorted(folder.glob(f"{kind}_*.db")):
                if SUMS.fullmatch(path.name) is None and _is_dead(path):
                    _add(kind, path)


@contextmanager
def counted(folder: Path) -> Iterator[list[Path]]:
    """Give the files that count; none is added up meanwhile."""
    with _locked(folder, fcntl.LOCK_SH):
        yield counting(folder)


def counting(folder: Path) -> list[Path]:
    """Return the files of a folder without those that are part of newer sums."""
    paths = sorted(folder.glob("*.db"))
    left: set[str] = set()
    newest: dict[str, str] = {}
    for path in paths:  # the sums of a kind come in the order of their numbers
        if found := SUMS.fullmatch(path.name):
            kind, _, added = found.groups()
            left |= {newest.get(kind, ""), f"{kind}_{added}.db"}
            newest[kind] = path.name
    return [path for path in paths if path.name not in left]


def remove_if_dead(path: Path) -> bool:
    """Remove the file unless its process lives; return whether it is gone."""
    if not _is_dead(path):
        return False
    path.unlink(missing_ok=True)
    return True


def set_aside(path: Path, error: Exception) -> None:
    """Rename a file that cannot be read, as after a power cut, and say so."""
    logger.error("The metrics in %s cannot be read and were set aside (%r).", path, error)
    with suppress(OSError):
        path.rename(path.with_suffix(".unreadable"))


def _add(kind: str, path: Path) -> None:
    before = max(path.parent.glob(f"{kind}_dead-*.db"), default=None)
    sums = _values(path)
    if before is not None:
        for key, value in _values(before).items():
            sums[key] = _merged(kind, value, sums[key]) if key in sums else value
    found = SUMS.fullmatch(before.name) if before is not None else None
    number = int(found[2]) + 1 if found else 1
    draft = path.with_name(f"{kind}_dead.new")
    draft.write_bytes(content((key, *value) for key, value in sums.items()))
    process = path.stem.removeprefix(f"{kind}_")
    draft.rename(path.with_name(f"{kind}_dead-{number:06}-{process}.db"))
    for each in filter(None, (before, path)):
        each.unlink(missing_ok=True)  # a damaged one was set aside


def _merged(kind: str, one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    if kind == NEWEST:
        return max(one, other, key=itemgetter(1))
    return one[0] + other[0], 0.0


def _values(path: Path) -> Values:
    try:
        values = MmapedDict.read_all_values_from_file(str(path))
        return {key: (value, moment) for key, value, moment, _ in values}
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  the library raises whatever a damaged file leads it to
        set_aside(path, error)
        return {}


def _is_dead(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            # A shared lock, so that two simultaneous scrapes do not mistake each other for the owner.
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True  # another scrape was faster
    return True


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
