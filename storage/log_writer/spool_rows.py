"""Fast path from spool lines to table rows, for lines exactly as our own encoder writes them.

A line whose checksum holds is what ``encode`` wrote from a validated record, so it is not validated a second
time: its JSON is parsed, its fields are compared by name, and its values go to the database as they are.
Anything else is left to ``storage.spool.segments.decode``, which validates it.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from pydantic_core import from_json, to_json

from storage.domain.inputs import FEATURE_NAMES
from storage.schema.caller import METADATA, REFERENCE
from storage.schema.records import (
    AnswerRecord,
    LogRecord,
    PredictionRecord,
    RequestRecord,
    SpoolRecord,
)
from storage.schema.source import CLIENT, SOURCE
from storage.schema.tables import metadata

Row = tuple[Any, ...]

CHECKSUM_CHARACTERS = 8
TIME_CHARACTERS = len("2026-11-25T21:53:35.749654Z")


@dataclass(frozen=True)
class TableRows:
    """Rows for one table."""

    table: str
    columns: tuple[str, ...]
    rows: list[Row]

    @classmethod
    def of(cls, table: str, rows: Sequence[Mapping[str, Any]]) -> "TableRows":
        """Return rows by column name, with datetimes, as the fast path has them."""
        columns = columns_of(table)
        as_read = itemgetter(*columns)
        return cls(table, columns, [as_read(row | _texts(row)) for row in map(dict, rows)])

    def part(self, which: slice) -> "TableRows":
        """Return some of the rows."""
        return TableRows(self.table, self.columns, self.rows[which])

    def columns_of(self, *names: str) -> Iterator[Row]:
        """Yield some columns of each row."""
        places = [self.columns.index(name) for name in names]
        return zip(*(map(itemgetter(place), self.rows) for place in places), strict=True)


@dataclass(frozen=True)
class RowBatch:
    """Lines of one kind and their rows: for each table one row per line, in the same order."""

    tables: tuple[TableRows, ...]
    lines: list[bytes]

    def halves(self) -> "tuple[RowBatch, RowBatch]":
        """Return the first and the second half of the lines."""
        middle = len(self.lines) // 2
        return self._part(slice(middle)), self._part(slice(middle, None))

    def _part(self, which: slice) -> "RowBatch":
        return RowBatch(tuple(table.part(which) for table in self.tables), self.lines[which])


@dataclass(frozen=True)
class _Shape:
    """The fields of one kind of line, and the columns of each of its tables."""

    fields: int
    columns: dict[str, tuple[str, ...]]
    readers: tuple[Callable[[dict[str, Any]], Row], ...]

    def batch(self) -> RowBatch:
        """Return an empty batch."""
        return RowBatch(
            tuple(TableRows(table, columns, []) for table, columns in self.columns.items()), []
        )


def read_rows(lines: Sequence[bytes], dialect: str) -> tuple[list[RowBatch], list[bytes]]:
    """Return the rows by kind of line, in the order of the lines, and the lines left for ``decode``."""
    batches = {kind: shape.batch() for kind, shape in _SHAPES.items()}
    others: list[bytes] = []
    as_time = _TIMES[dialect]
    for line in lines:
        try:
            kind, rows = _read(line, as_time)
        except (ValueError, LookupError, TypeError, AttributeError):
            others.append(line)
            continue
        batch = batches[kind]
        batch.lines.append(line)
        for table, row in zip(batch.tables, rows, strict=True):
            table.rows.append(row)
    return [batch for batch in batches.values() if batch.lines], others


def given_metadata(rows: TableRows) -> list[tuple[str, dict[str, str]]]:
    """Return the prediction id and the metadata of those rows of predictions that have any."""
    pairs = rows.columns_of("prediction_id", METADATA)
    return [(named, from_json(given)) for named, given in pairs if given is not None]


def insert_statement(rows: TableRows, dialect: sa.Dialect) -> str:
    """Return the INSERT of one row with the driver's positional parameters."""
    quote = dialect.identifier_preparer.quote
    parameter = "?" if dialect.paramstyle == "qmark" else "%s"
    names = ", ".join(map(quote, rows.columns))
    values = ", ".join([parameter] * len(rows.columns))
    return f"INSERT INTO {quote(rows.table)} ({names}) VALUES ({values})"  # noqa: S608  (our own names)


def _read(line: bytes, as_time: Callable[[str], str]) -> tuple[str, list[Row]]:
    """Return the kind of a line and its row in each table; any error leaves the line to ``decode``."""
    payload = line[CHECKSUM_CHARACTERS + 1 :]
    if line[: CHECKSUM_CHARACTERS + 1] != b"%08x " % zlib.crc32(payload):
        raise ValueError("the checksum does not match")
    document = from_json(payload)
    kind = document["kind"]
    shape = _SHAPES[kind]
    is_prediction = "inputs" in document
    # These are left out where the caller gave none.
    if kind != "log":
        document.setdefault(SOURCE, CLIENT)
    if is_prediction:
        document.setdefault(REFERENCE, None)
        document.setdefault(METADATA, None)
    # The number of fields matches, and each expected one is looked up below: so all match.
    if len(document) != shape.fields:
        raise ValueError("other fields")
    if is_prediction:
        _spread(document)
    moment = document["timestamp"]
    if len(moment) != TIME_CHARACTERS or moment[-1] != "Z":
        raise ValueError("unexpected time format")
    document["timestamp"] = as_time(moment)
    if kind == "answer":
        document["success"] = document["status_code"] < 400
        document["error_message"] = None
    return kind, [read(document) for read in shape.readers]


def _spread(document: dict[str, Any]) -> None:
    """Turn the fields of a prediction into its columns."""
    inputs = document["inputs"]
    if len(inputs) != len(FEATURE_NAMES):
        raise ValueError("other inputs")
    document.update(inputs)
    if document[METADATA] is not None:
        document[METADATA] = to_json(document[METADATA]).decode()


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    texts = {"timestamp": row["timestamp"].astimezone(UTC).isoformat(" ")}
    if row.get(METADATA):
        texts[METADATA] = to_json(row[METADATA]).decode()
    return texts


def _shape(record: type[SpoolRecord], *rows: type[SpoolRecord]) -> _Shape:
    columns = {row.table: columns_of(row.table) for row in rows or (record,)}
    readers = tuple(itemgetter(*names) for names in columns.values())
    return _Shape(len(record.model_fields), columns, readers)


def columns_of(table: str) -> tuple[str, ...]:
    """Return the columns of a table's row here, in order; the first is its time."""
    return tuple(column.name for column in metadata.tables[table].columns if column.name != "id")


_SHAPES = {
    "answer": _shape(AnswerRecord, PredictionRecord, RequestRecord),
    "prediction": _shape(PredictionRecord),
    "request": _shape(RequestRecord),
    "log": _shape(LogRecord),
}


def _as_sqlite_keeps_it(moment: str) -> str:
    return f"{moment[:10]} {moment[11:26]}"  # UTC without an offset, as SQLAlchemy stores it there


_TIMES: dict[str, Callable[[str], str]] = {"sqlite": _as_sqlite_keeps_it, "postgresql": str}
