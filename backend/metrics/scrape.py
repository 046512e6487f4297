"""Reading the metric files of all processes: for a scrape, and for the gauges of living workers."""

import fcntl
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from backend.metrics.files import MULTIPROCESS_VARIABLE

logger = logging.getLogger(__name__)

LIVE_FILES, LIVE_SUMS = "gauge_live*.db", "gauge_livesum_*.db"


def collected() -> CollectorRegistry:
    """Return a registry over the files of all processes, without the live gauges of dead ones.

    For one scrape: a registry that is scraped twice counts twice.
    """
    folder = os.environ[MULTIPROCESS_VARIABLE]
    for path in Path(folder).glob(LIVE_FILES):
        _remove_if_dead(path)
    registry = CollectorRegistry()
    registry.register(_Files(Path(folder)))
    return registry


def live_sums() -> list[Metric]:
    """Return the gauges that are summed over living processes, without reading any other file."""
    files = list(Path(os.environ[MULTIPROCESS_VARIABLE]).glob(LIVE_SUMS))
    return _merged(path for path in files if not _remove_if_dead(path))


class _Files(Collector):
    """The files of a folder, added up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        yield from _merged(self._folder.glob("*.db"))


def _merged(paths: Iterable[Path]) -> list[Metric]:
    files = list(paths)
    try:
        return _merge(files)
    except Exception:  # noqa: BLE001  the library raises whatever a damaged file leads it to
        return _merge([path for path in files if _is_readable(path)])


def _merge(files: Iterable[Path]) -> list[Metric]:
    return list(MultiProcessCollector.merge(map(str, files), accumulate=True))


def _is_readable(path: Path) -> bool:
    """Whether a file can be added up; one that cannot, as after a power cut, is set aside."""
    try:
        _merge([path])
    except FileNotFoundError:
        return False  # another scrape was faster
    except Exception as error:  # noqa: BLE001  the library raises whatever a damaged file leads it to
        logger.error("The metrics in %s cannot be read and were set aside (%r).", path, error)
        with suppress(OSError):
            path.rename(path.with_suffix(".unreadable"))
        return False
    return True


def _remove_if_dead(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            # A shared lock, so that two simultaneous scrapes do not mistake each other for the owner.
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
    except BlockingIOError:
        return False  # its owner is alive
    except FileNotFoundError:
        return True  # another scrape was faster
    return True
