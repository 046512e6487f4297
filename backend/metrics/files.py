"""Metric files of one process, which a scrape of any process adds up, even after the process has died.

The files have the format of ``prometheus_client``'s multi-process mode, and its collector reads them. They
are written here because the library's own writer has three weaknesses. A scrape fails if it reads a file
between its creation and its first bytes; here a file gets its name only when it is complete. The library
identifies a dead process by its id, which a new process may get; here each file has a unique name and is
locked by its owner, and the kernel releases the lock when the owner dies. On a full disk, writing to a mapped
page without an allocated block kills the process; here blocks are allocated when the file is created.
An increment also costs a third of the library's.
"""

import fcntl
import logging
import mmap
import os
import secrets
import struct
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from prometheus_client import Counter, Histogram
from prometheus_client.mmap_dict import mmap_key

logger = logging.getLogger(__name__)

FILE_BYTES = 256 * 1024
"""Room for about a thousand values; a full file doubles in size."""

MULTIPROCESS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
Doubles: TypeAlias = "memoryview[float]"
LOCK = threading.Lock()
"""Protects all values of this process; held for nanoseconds."""


class MetricFile:
    """The values of one kind, such as counters, of this process. Not thread-safe.

    Layout: number of bytes used (4 bytes, 4 of padding), then for each value the length of its key
    (4 bytes), the key, 1 to 8 blanks up to a multiple of 8 bytes, the value and its time stamp (doubles).
    """

    def __init__(self, folder: Path, kind: str) -> None:
        name = f"{kind}_{os.getpid()}-{secrets.token_hex(4)}"
        draft = folder / f"{name}.new"
        # The descriptor stays open as long as the process lives: it holds the lock.
        self._descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._used = 8
        try:
            self._map(FILE_BYTES)
        except OSError:
            os.close(self._descriptor)
            draft.unlink()
            raise
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        draft.rename(folder / f"{name}.db")

    def add(self, key: str, value: float, timestamp: float) -> tuple[Doubles, int]:
        """Add a value; return the file as doubles, and the index of the value.

        Raises
        ------
        OSError
            If the disk is full.
        """
        entry = _entry(key, value, timestamp)
        if self._used + len(entry) > len(self._mapped):
            self._map(2 * len(self._mapped))
        self._mapped[self._used : self._used + len(entry)] = entry
        self._used += len(entry)
        self._write_used()  # written last: a scrape reads only this far
        return memoryview(self._mapped).cast("d"), self._used // 8 - 2

    def _map(self, size: int) -> None:
        # Earlier mappings of the file stay valid and see the same bytes.
        os.posix_fallocate(self._descriptor, 0, size)
        self._mapped = mmap.mmap(self._descriptor, size)
        self._write_used()

    def _write_used(self) -> None:
        self._mapped[0:4] = struct.pack("i", self._used)


class FileValue:
    """One number of this process, with the interface of ``prometheus_client``; thread-safe.

    It is stored at ``doubles[index]`` once it has a value: a gauge that was never set is absent instead
    of 0.
    """

    _multiprocess = True
    _files: ClassVar[dict[tuple[Path, str], MetricFile]] = {}

    def __init__(
        self,
        kind: str,
        metric_name: str,
        name: str,
        label_names: Sequence[str],
        label_values: Sequence[str],
        help_text: str,
        multiprocess_mode: str = "",
        **_: Any,
    ) -> None:
        self._file = f"gauge_{multiprocess_mode}" if kind == "gauge" else kind
        self._key = mmap_key(metric_name, name, list(label_names), list(label_values), help_text)
        self.doubles: Doubles | None = None
        self.index = 0
        if kind != "gauge":
            self.set(0.0)

    def inc(self, amount: float) -> None:
        """Add to the number."""
        with LOCK:
            self._write(self.get() + amount, 0.0)

    def set(self, value: float, timestamp: float | None = None) -> None:
        """Replace the number."""
        with LOCK:
            self._write(value, timestamp or 0.0)

    def get(self) -> float:
        """Return the number, 0 if none was set."""
        return 0.0 if self.doubles is None else float(self.doubles[self.index])

    def set_exemplar(self, exemplar: object) -> None:
        """Do nothing: exemplars are not supported with several processes."""

    def get_exemplar(self) -> None:
        """Return none: exemplars are not supported with several processes."""

    def _write(self, value: float, timestamp: float) -> None:
        if self.doubles is None:
            self.doubles, self.index = self._place(value, timestamp)
        else:
            self.doubles[self.index] = value
            self.doubles[self.index + 1] = timestamp

    def _place(self, value: float, timestamp: float) -> tuple[Doubles, int]:
        folder = Path(os.environ[MULTIPROCESS_VARIABLE])
        try:
            if (folder, self._file) not in self._files:
                self._files[folder, self._file] = MetricFile(folder, self._file)
            return self._files[folder, self._file].add(self._key, value, timestamp)
        except OSError as error:
            # Answering is more important than counting.
            logger.warning("A metric could not be stored in %s (%s).", folder, error.strerror)
            return memoryview(bytearray(16)).cast("d"), 0


def tally(counter: Counter, histogram: Histogram) -> Callable[[float, float], None]:
    """Return a fast function that adds a number to the counter and observes seconds.

    With files, all three values (count, sum and one bucket) are written under one lock; otherwise it calls
    the library's ``inc`` and ``observe``.
    """
    if not isinstance(counter._value, FileValue):
        return partial(_count_and_observe, counter, histogram)
    counts, count = _place(counter._value)
    sums, total = _place(histogram._sum)
    bounds, buckets = histogram._upper_bounds, [_place(value) for value in histogram._buckets]

    def add(number: float, seconds: float) -> None:
        doubles, bucket = buckets[bisect_left(bounds, seconds)]
        with LOCK:
            counts[count] += number
            sums[total] += seconds
            doubles[bucket] += 1.0

    return add


def _count_and_observe(
    counter: Counter, histogram: Histogram, number: float, seconds: float
) -> None:
    counter.inc(number)
    histogram.observe(seconds)


def _place(value: FileValue) -> tuple[Doubles, int]:
    if value.doubles is None:
        raise ValueError("A gauge is not in its file before it is set.")
    return value.doubles, value.index


def content(values: Iterable[tuple[str, float, float]]) -> bytes:
    """Return a whole file of keys, values and time stamps, in the layout of ``MetricFile``."""
    entries = b"".join(_entry(*each) for each in values)
    return struct.pack("=ii", 8 + len(entries), 0) + entries


def _entry(key: str, value: float, timestamp: float) -> bytes:
    encoded = key.encode()
    padded = encoded + b" " * (8 - (len(encoded) + 4) % 8)
    return struct.pack(f"=i{len(padded)}sdd", len(encoded), padded, value, timestamp)
