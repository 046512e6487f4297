"""Reading the metric files of all processes: for a scrape, and for the gauges of living workers."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from backend.metrics.dead_files import LIVE_FILES, counted, remove_if_dead, set_aside
from backend.metrics.files import MULTIPROCESS_VARIABLE

LIVE_SUMS = "gauge_livesum_*.db"


def collected() -> CollectorRegistry:
    """Return a registry over the files of all processes, without the live gauges of dead ones.

    For one scrape: a registry that is scraped twice counts twice.
    """
    folder = os.environ[MULTIPROCESS_VARIABLE]
    for path in Path(folder).glob(LIVE_FILES):
        remove_if_dead(path)
    registry = CollectorRegistry()
    registry.register(_Files(Path(folder)))
    return registry


def live_sums() -> list[Metric]:
    """Return the gauges that are summed over living processes, without reading any other file."""
    files = list(Path(os.environ[MULTIPROCESS_VARIABLE]).glob(LIVE_SUMS))
    return _merged(path for path in files if not remove_if_dead(path))


class _Files(Collector):
    """The files of a folder, added up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        found: list[Metric] = []
        with suppress(FileNotFoundError), counted(self._folder) as paths:  # the folder may be gone
            found = _merged(paths)
        yield from found


def _merged(paths: Iterable[Path]) -> list[Metric]:
    files = list(paths)
    try:
        return _merge(files)
    except Exception:  # noqa: BLE001  the library raises whatever a damaged file leads it to
        return _merge([path for path in files if _is_readable(path)])


def _merge(files: Iterable[Path]) -> list[Metric]:
    return list(MultiProcessCollector.merge(map(str, files), accumulate=True))


def _is_readable(path: Path) -> bool:
    """Whether a file can be added up; one that cannot is set aside."""
    try:
        _merge([path])
    except FileNotFoundError:
        return False  # another scrape was faster
    except Exception as error:  # noqa: BLE001  the library raises whatever a damaged file leads it to
        set_aside(path, error)
        return False
    return True
