"""A time series in a file of JSON lines, kept across restarts; the oldest points are dropped."""

import logging
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from storage.process.atomic_files import write_atomically

logger = logging.getLogger(__name__)

Point = TypeVar("Point", bound=BaseModel)


class KeptSeries(Generic[Point]):
    """The newest points of one series, in memory and in a file; for one process.

    Parameters
    ----------
    path
        The file, read immediately; unreadable lines, such as an incomplete last one, are skipped.
    kind
        The model of a point.
    most
        Number of points kept. The file is rewritten atomically when it has twice as many lines.
    """

    def __init__(self, path: Path, kind: type[Point], most: int) -> None:
        self._path = path
        self._most = most
        self._lines = 0
        self._points: deque[Point] = deque(self._read(kind), maxlen=most)

    @property
    def points(self) -> list[Point]:
        """The points, oldest first."""
        return list(self._points)

    def append(self, point: Point) -> None:
        """Add a point. If the file cannot be written, this is logged and the point kept in memory."""
        self._points.append(point)
        try:
            self._write(point)
        except OSError as error:
            logger.error("%s cannot be written (%s).", self._path, error.strerror)

    def _write(self, point: Point) -> None:
        if self._lines >= 2 * self._most:
            content = "".join(f"{kept.model_dump_json()}\n" for kept in self._points)
            write_atomically(self._path, content.encode())
            self._lines = len(self._points)
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as stream:
            stream.write(point.model_dump_json().encode() + b"\n")
        self._lines += 1

    def _read(self, kind: type[Point]) -> list[Point]:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            logger.error("%s cannot be read (%s); it begins anew.", self._path, error.strerror)
            return []
        if not content.endswith(b"\n") and content:
            with suppress(OSError), self._path.open("ab") as stream:
                stream.write(b"\n")  # so that the next point does not continue an incomplete line
        lines = content.splitlines()
        self._lines = len(lines)
        points = [point for line in lines if (point := _parse(kind, line)) is not None]
        if len(points) < len(lines):
            logger.warning(
                "Skipped %d unreadable lines of %s.", len(lines) - len(points), self._path
            )
        return points


def _parse(kind: type[Point], line: bytes) -> Point | None:
    try:
        return kind.model_validate_json(line)
    except ValidationError:
        return None
