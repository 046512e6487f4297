"""The hours of a service's traffic, each kept as sums, so that no check reads history again."""

import io
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, Self
from zipfile import BadZipFile

import numpy as np

from backend.drift.detector import DriftDetector
from backend.drift.row_figures import Watched
from backend.drift.usual.sums import TrafficSums
from storage.database.connection import Database
from storage.predictions.window import PredictionWindow, logged_span, read_prediction_window
from storage.process.atomic_files import write_atomically

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
KEPT_HOURS = 24 * 7 * 19
"""Nineteen weeks: a window of thirty days is compared too, with the 14 weeks before it."""
MOST_HOUR_ROWS = 500
"""Predictions of an hour that are read, the newest."""
HOURS_AT_ONCE = 48
"""Hours that one check learns: after a promotion the new version knows all within 67 checks."""
MOST_VERSIONS = 5
"""Of which the hours are kept, those that served last."""
SETTLED = timedelta(minutes=10)
"""How far the log must go beyond the end of an hour before the hour is complete: processes take turns."""


@dataclass
class KeptHours:
    """The sums of hours, by the number of hours since 1970.

    Attributes
    ----------
    watched
        What the sums are of. Sums of anything else are of no use.
    """

    watched: tuple[Watched, ...]
    sums: dict[int, TrafficSums] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, watched: tuple[Watched, ...]) -> Self:
        """Read what was kept; nothing, if there is no such file or it is of other figures."""
        try:
            return cls(watched, dict(_stored(path.read_bytes(), watched)))
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, EOFError, OSError, BadZipFile) as error:
            # Not in NumPy's words: of a damaged file it says how to load it unsafely.
            kind = type(error).__name__
            logger.warning("%s cannot be read (%s); its hours are learned anew.", path.name, kind)
        return cls(watched)

    def write(self, path: Path) -> None:
        """Replace the file, atomically."""
        hours = sorted(self.sums)
        found = [self.sums[hour] for hour in hours]
        stream = io.BytesIO()
        np.savez_compressed(
            stream,
            watched=np.array(json.dumps(self.watched)),
            hours=np.array(hours, dtype=np.int64),
            rows=np.array([each.rows for each in found], dtype=np.int64),
            counts=np.array([each.counts for each in found]),
            sums=np.array([each.sums for each in found]),
            squares=np.array([each.squares for each in found]),
        )
        write_atomically(path, stream.getvalue())


def _stored(content: bytes, watched: tuple[Watched, ...]) -> Iterator[tuple[int, TrafficSums]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        if json.loads(str(kept["watched"])) != [list(each) for each in watched]:
            return
        arrays = [kept[name] for name in ("hours", "rows", "counts", "sums", "squares")]
    for hour, rows, counts, sums, squares in zip(*arrays, strict=True):
        yield int(hour), TrafficSums(int(rows), counts, sums, squares)


class Traffic(Protocol):
    """What is known of a service's traffic, as sums of its hours."""

    @property
    def watched(self) -> tuple[Watched, ...]:
        """What the sums are of."""

    def knows(self, hour: int) -> bool:
        """Return whether an hour is kept."""

    def kept(self, hours: Sequence[int]) -> TrafficSums:
        """Return the sums of all those hours that are kept."""

    def between(self, since: datetime, until: datetime) -> TrafficSums:
        """Read the newest predictions of a span of time, at most 500."""


class TrafficHistory:
    """What a version's service answered, hour by hour, of sixteen weeks.

    Each hour is read once, at most 500 rows of it, and kept in a file of the version: its sums are in
    standard deviations of that version's training data. A new version learns the hours again from the log, a
    few in each check. Two processes that learn at once write the same.

    Parameters
    ----------
    folder
        Has a file for each version.
    """

    def __init__(
        self, detector: DriftDetector, version: str, database: Database, folder: Path
    ) -> None:
        self._detector = detector
        self._version = version
        self._database = database
        self._path = folder / f"{version}.npz"
        self._hours = KeptHours.read(self._path, detector.figures.watched)

    def learn(self, now: datetime) -> int:
        """Read up to 48 hours that are not kept yet, the newest first; return how many.

        Hours end where the log does: while the log-writer is down, none is taken for one without traffic.

        Raises
        ------
        DatabaseUnavailable
            If they cannot be read.
        """
        logged = logged_span(self._database)
        if logged is None:
            return 0
        first, last = logged
        newest = hour_of(min(now, last) - SETTLED) - 1
        oldest = max(hour_of(first), newest - KEPT_HOURS + 1)
        missing = [hour for hour in range(newest, oldest - 1, -1) if hour not in self._hours.sums]
        for hour in missing[:HOURS_AT_ONCE]:
            self._hours.sums[hour] = self.between(start_of(hour), start_of(hour + 1))
        too_old = [hour for hour in self._hours.sums if hour <= newest - KEPT_HOURS]
        for hour in too_old:
            del self._hours.sums[hour]
        if missing or too_old:
            self._hours.write(self._path)
            self._forget_versions()
        return len(missing[:HOURS_AT_ONCE])

    def _forget_versions(self) -> None:
        """Remove the files of versions that have not served for long; they would be learned again."""
        files = sorted(self._path.parent.glob("*.npz"), key=lambda path: path.stat().st_mtime)
        for path in files[:-MOST_VERSIONS]:
            path.unlink(missing_ok=True)

    def between(self, since: datetime, until: datetime) -> TrafficSums:
        """Read the newest predictions of a span of time, at most 500."""
        return self.sums(read_prediction_window(self._database, since, until, MOST_HOUR_ROWS))

    def kept(self, hours: Sequence[int]) -> TrafficSums:
        """Return the sums of all those hours that are kept."""
        total = TrafficSums.none(len(self._hours.watched))
        for hour in hours:
            if hour in self._hours.sums:
                total += self._hours.sums[hour]
        return total

    @property
    def watched(self) -> tuple[Watched, ...]:
        """What the sums are of."""
        return self._hours.watched

    def knows(self, hour: int) -> bool:
        """Return whether an hour is kept."""
        return hour in self._hours.sums

    def sums(self, window: PredictionWindow) -> TrafficSums:
        """Return the sums of predictions, of which the version's own answers count."""
        own = window.versions == self._version
        return self._detector.sums(window.inputs, np.where(own, window.predicted, np.nan))


def forget_traffic(folder: Path) -> None:
    """Remove what is known of all versions' traffic."""
    for path in folder.glob("*.npz"):
        path.unlink(missing_ok=True)


def hour_of(moment: datetime) -> int:
    """Return the number of whole hours since 1970."""
    return int(moment.timestamp() // HOUR.total_seconds())


def start_of(hour: int) -> datetime:
    """Return when an hour begins."""
    return datetime.fromtimestamp(hour * HOUR.total_seconds(), UTC)
