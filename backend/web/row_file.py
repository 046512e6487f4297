"""Rows as a file that is made while it is sent: CSV, or JSON lines."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from flask import Response, request
from pydantic import BaseModel

from backend.contract.stored.export import LIMIT_HEADER, ExportFormat
from storage.tables.csv_writer import CsvWriter

MEDIA_TYPES: dict[ExportFormat, str] = {"csv": "text/csv", "jsonl": "application/x-ndjson"}

STREAMED = "housing.streamed"
"""Set in the environment of a request whose answer is made while it is sent."""

Parts = Iterator[Sequence[BaseModel]]


def row_file(
    name: str, kind: type[BaseModel], parts: Parts, form: ExportFormat, limit: int
) -> Response:
    """Return the answer; ``parts`` are the rows of one kind, some at a time.

    The first part is read before the answer begins, so that a failure is an error like any other.
    """
    first = next(parts, ())
    request.environ[STREAMED] = True
    write = _csv(kind) if form == "csv" else _json_lines
    encoded = write(chain([first], parts))
    return Response(
        encoded,
        mimetype=MEDIA_TYPES[form],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{form}"',
            LIMIT_HEADER: str(limit),
        },
    )


def _json_lines(parts: Iterable[Sequence[BaseModel]]) -> Iterator[bytes]:
    for part in parts:
        if part:
            yield "".join(f"{row.model_dump_json()}\n" for row in part).encode()


def _csv(kind: type[BaseModel]) -> Callable[[Iterable[Sequence[BaseModel]]], Iterator[bytes]]:
    names = _columns(kind)

    def write(parts: Iterable[Sequence[BaseModel]]) -> Iterator[bytes]:
        stream = io.StringIO(newline="")
        writer = CsvWriter(stream, names)
        for part in parts:
            writer.write([_cells(row) for row in part])
            text = stream.getvalue()
            stream.seek(0)
            stream.truncate()
            if text:
                yield text.encode()

    return write


def _columns(kind: type[BaseModel]) -> list[str]:
    """Return the names of the columns: an object with known names has one for each."""
    names: list[str] = []
    for name, field in kind.model_fields.items():
        inner = field.annotation
        is_object = isinstance(inner, type) and issubclass(inner, BaseModel)
        names += inner.model_fields if is_object else [name]  # type: ignore[union-attr]
    return names


def _cells(row: BaseModel) -> list[object]:
    cells: list[object] = []
    for name in type(row).model_fields:
        value = getattr(row, name)
        cells += _of(value)
    return cells


def _of(value: Any) -> list[object]:
    if isinstance(value, BaseModel):
        return [getattr(value, name) for name in type(value).model_fields]
    if isinstance(value, dict):
        return [json.dumps(value, ensure_ascii=False)]
    return [value.isoformat() if hasattr(value, "isoformat") else value]
