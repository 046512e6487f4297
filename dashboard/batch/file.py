"""An uploaded CSV file: its usable rows, and what is wrong with the others, by row and column."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from backend.contract.predictions import FEATURE_NAMES, HousingFeatures
from backend.contract.table import DISTRICTS

MOST_ROWS = 100_000
MOST_MEGABYTES = 25
LONGEST_VALUE = 100
"""Characters of a wrong value that are shown."""
MOST_NAMES = 8
"""Columns named in one sentence."""
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)


class UnusableFile(Exception):
    """The file as a whole cannot be used; the message is one sentence for a person."""


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one cell; ``row`` counts from 1, ``column`` is empty for a whole row."""

    row: int
    column: str
    message: str
    value: str


@dataclass(frozen=True)
class BatchFile:
    """What a file holds: ``total`` rows, of which those in ``rows`` (numbers from 1) can be scored.

    ``inputs`` has shape (len(rows), 8), columns in the order of ``FEATURE_NAMES``.
    """

    name: str
    total: int
    rows: NDArray[np.int64]
    inputs: NDArray[np.float64]
    problems: tuple[RowProblem, ...]

    def instances(self, start: int, end: int) -> list[HousingFeatures]:
        """Return usable rows, counted from 0, as the service takes them."""
        return [
            HousingFeatures(**dict(zip(FEATURE_NAMES, values, strict=True)))
            for values in self.inputs[start:end].tolist()
        ]


def read_batch(name: str, content: bytes) -> BatchFile:
    """Read the bytes of a CSV file; a blank line is no row.

    Raises
    ------
    UnusableFile
        If it is too large, is no CSV with the eight columns, or has no row.
    """
    header, rows = _table(content)
    _check_columns(header)
    usable: list[tuple[int, list[float]]] = []
    problems: list[RowProblem] = []
    total = 0
    for total, cells in enumerate(rows, start=1):
        if total > MOST_ROWS:
            raise UnusableFile(f"The file has more than {MOST_ROWS:,} rows. {LARGER_FILES}")
        read = _read_row(total, header, cells)
        if isinstance(read, HousingFeatures):
            usable.append((total, read.vector()))
        else:
            problems += read
    if total == 0:
        raise UnusableFile("The file has a header and no rows: there is nothing to score.")
    return BatchFile(
        name,
        total,
        np.array([number for number, _ in usable], dtype=np.int64),
        np.array([values for _, values in usable]).reshape(len(usable), len(FEATURE_NAMES)),
        tuple(problems),
    )


LARGER_FILES = "Larger ones are scored by `python -m backend.score FILE -o OUT`."


def template() -> str:
    """Return a CSV file to start from: the header and a few real districts."""
    return csv_text(FEATURE_NAMES, [district.inputs for district in DISTRICTS])


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write rows as CSV; floats so that they are read again exactly."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def _table(content: bytes) -> tuple[list[str], Iterator[list[str]]]:
    if len(content) > MOST_MEGABYTES * 1_000_000:
        raise UnusableFile(f"The file is larger than {MOST_MEGABYTES} MB. {LARGER_FILES}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableFile("The file is not UTF-8 text: save it as CSV with that coding.") from None
    rows = _filled_rows(text)
    header = next(rows, None)
    if header is None:
        raise UnusableFile("The file is empty: begin with the template.")
    return [name.strip() for name in header], rows


def _filled_rows(text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from (cells for cells in reader if cells)
    except csv.Error as error:
        raise UnusableFile(f"Line {reader.line_num} of the file is not CSV: {error}.") from None


def _check_columns(header: Sequence[str]) -> None:
    if missing := [name for name in FEATURE_NAMES if name not in header]:
        raise UnusableFile(
            f"The file has no column {', '.join(missing)}: its first line names the eight inputs, as "
            "the template's does."
        )
    if repeated := [name for name in FEATURE_NAMES if header.count(name) > 1]:
        raise UnusableFile(f"The file has more than one column {', '.join(repeated)}.")
    if further := [name for name in header if name not in FEATURE_NAMES]:
        shown = ", ".join(name[:40] or "(no name)" for name in further[:MOST_NAMES])
        raise UnusableFile(f"The file has columns that are no input of the model: {shown}.")


def _read_row(
    number: int, header: Sequence[str], cells: Sequence[str]
) -> HousingFeatures | list[RowProblem]:
    if len(cells) != len(header):
        message = f"The row has {_cells(len(cells))}, the header {len(header)}"
        return [RowProblem(number, "", message, ",".join(cells)[:LONGEST_VALUE])]
    texts = dict(zip(header, cells, strict=True))
    # The contract judges: what is no number stays text, which it refuses; an empty cell is a missing one.
    values = {name: _value(text) for name, text in texts.items() if text.strip()}
    try:
        return HousingFeatures.model_validate(values)
    except ValidationError as error:
        found = {str(each["loc"][0]): each["msg"] for each in error.errors(include_url=False)}
    return [
        RowProblem(number, name, found[name], texts[name][:LONGEST_VALUE])
        for name in FEATURE_NAMES
        if name in found
    ]


def _cells(number: int) -> str:
    return f"{number} cell{'' if number == 1 else 's'}"


def _value(text: str) -> float | str:
    return float(text) if NUMBER.fullmatch(text.strip()) else text
