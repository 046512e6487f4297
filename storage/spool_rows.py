"""Spool lines as rows of their tables, cheaply: what most lines are, written by our own encoder.

A line whose checksum holds is what ``encode`` wrote from a validated record, so it is not validated a second
time: its JSON is parsed, its fields are compared by name, and its values go to the database as they are.
Whatever is not exactly as expected is left to ``storage.spool.decode``, which judges it.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic_core import from_json

from storage.schema.features import FEATURE_NAMES
from storage.schema.records import LogRecord, PredictionRecord, RequestRecord, SpoolRecord
from storage.schema.tables import metadata

CHECKSUM_CHARACTERS = 8
TIME_CHARACTERS = len("2026-11-25T21:53:35.749654Z")
INPUTS = frozenset(FEATURE_NAMES)


@dataclass
class RowBatch:
    """Rows for one table, each with the line it came from."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)

    def mappings(self) -> list[dict[str, Any]]:
        """Return the rows by column name, their time as one."""
        return [
            dict(zip(self.columns, row, strict=True)) | {"timestamp": _moment(row[0])}
            for row in self.rows
        ]

    def halves(self) -> "tuple[RowBatch, RowBatch]":
        """Return the first and the second half of the rows."""
        middle = len(self.rows) // 2
        first, second = slice(middle), slice(middle, None)
        return (
            RowBatch(self.table, self.columns, self.rows[first], self.lines[first]),
            RowBatch(self.table, self.columns, self.rows[second], self.lines[second]),
        )


@dataclass(frozen=True)
class _Shape:
    table: str
    fields: frozenset[str]
    columns: tuple[str, ...]


def read_rows(lines: Sequence[bytes], dialect: str) -> tuple[list[RowBatch], list[bytes]]:
    """Return the rows by table, in the order of the lines, and the lines that need a closer look."""
    batches = {
        kind: RowBatch(shape.table, ("timestamp", *shape.columns))
        for kind, shape in _SHAPES.items()
    }
    others: list[bytes] = []
    as_time = _TIMES[dialect]
    for line in lines:
        found = _row(line)
        if found is None:
            others.append(line)
            continue
        kind, moment, values = found
        batches[kind].rows.append((as_time(moment), *values))
        batches[kind].lines.append(line)
    return [batch for batch in batches.values() if batch.rows], others


def insert_statement(batch: RowBatch, dialect: sa.Dialect) -> str:
    """Return the INSERT of one row with the driver's positional parameters."""
    quote = dialect.identifier_preparer.quote
    parameter = "?" if dialect.paramstyle == "qmark" else "%s"
    names = ", ".join(map(quote, batch.columns))
    values = ", ".join([parameter] * len(batch.columns))
    return f"INSERT INTO {quote(batch.table)} ({names}) VALUES ({values})"  # noqa: S608  (our own names)


def _row(line: bytes) -> tuple[str, str, list[Any]] | None:
    payload = line[CHECKSUM_CHARACTERS + 1 :]
    if line[: CHECKSUM_CHARACTERS + 1] != b"%08x " % zlib.crc32(payload):
        return None
    try:
        document = from_json(payload)
        kind = document["kind"]
        shape = _SHAPES[kind]
        if document.keys() != shape.fields:
            return None
        if kind == "prediction":
            inputs = document.pop("inputs")
            if inputs.keys() != INPUTS:
                return None
            document |= inputs
        moment = document["timestamp"]
        if len(moment) != TIME_CHARACTERS or not moment.endswith("Z"):
            return None
        return kind, moment, [document[name] for name in shape.columns]
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _shape(record: type[SpoolRecord]) -> _Shape:
    columns = metadata.tables[record.table].columns.keys()
    return _Shape(
        record.table,
        frozenset(record.model_fields),
        tuple(name for name in columns if name not in ("id", "timestamp")),
    )


_SHAPES = {
    "prediction": _shape(PredictionRecord),
    "request": _shape(RequestRecord),
    "log": _shape(LogRecord),
}


def _moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _as_sqlite_keeps_it(moment: str) -> str:
    return (
        f"{moment[:10]} {moment[11:26]}"  # UTC without saying so, as SQLAlchemy writes a time there
    )


_TIMES: dict[str, Callable[[str], str]] = {"sqlite": _as_sqlite_keeps_it, "postgresql": str}
