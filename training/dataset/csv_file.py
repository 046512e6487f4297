"""A table from a CSV file: the nine columns in any order, further columns ignored."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from storage.errors import InvalidDataset
from storage.schema.arrays import FloatArray
from training.dataset.table import COLUMN_NAMES, HousingTable


def load_csv(path: Path) -> HousingTable:
    """Read a UTF-8 CSV file with a header line.

    Raises
    ------
    InvalidDataset
        If the file cannot be read or its content cannot be used; see ``parse_csv``.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InvalidDataset(f"{path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise InvalidDataset(f"{path} is not a UTF-8 text file.") from error
    return parse_csv(text, str(path))


def parse_csv(text: str, origin: str) -> HousingTable:
    """Turn CSV text into a checked table; every float64 is read exactly as it was written.

    Raises
    ------
    InvalidDataset
        If a column is missing or there twice, a row has too few or too many cells, a cell is not a finite
        number in its column's range, or there are too few rows. The message names origin, row and column.
    """
    rows = _rows(text, origin)
    header = [name.strip() for name in next(rows, [])]
    positions = _positions(header, origin)
    values = [
        _numbers(cells, positions, len(header), f"{origin}, row {number}")
        for number, cells in enumerate(rows, start=1)
    ]
    return HousingTable(_to_array(values), origin)


def _rows(text: str, origin: str) -> Iterator[list[str]]:
    """Yield the lines that are not blank, split into cells."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from (cells for cells in reader if cells)
    except csv.Error as error:
        raise InvalidDataset(f"{origin}, line {reader.line_num}: not CSV ({error}).") from error


def _positions(header: Sequence[str], origin: str) -> list[int]:
    if not header:
        raise InvalidDataset(f"{origin} is empty.")
    missing = [name for name in COLUMN_NAMES if name not in header]
    if missing:
        raise InvalidDataset(f"{origin} has no column {', '.join(missing)}.")
    repeated = [name for name in COLUMN_NAMES if header.count(name) > 1]
    if repeated:
        raise InvalidDataset(f"{origin} has more than one column {', '.join(repeated)}.")
    return [header.index(name) for name in COLUMN_NAMES]


def _numbers(cells: Sequence[str], positions: Sequence[int], width: int, place: str) -> list[float]:
    if len(cells) != width:
        raise InvalidDataset(f"{place} has {len(cells)} cells where the header has {width}.")
    numbers = []
    for name, position in zip(COLUMN_NAMES, positions, strict=True):
        try:
            numbers.append(_number(cells[position]))
        except ValueError as error:
            raise InvalidDataset(
                f"{place}, column {name}: {cells[position][:40]!r} is not a number."
            ) from error
    return numbers


def _number(cell: str) -> float:
    if "_" in cell:  # Python's float takes 1_000; no other program writes or reads it
        raise ValueError("an underscore in a number")
    return float(cell)


def _to_array(values: Sequence[Sequence[float]]) -> FloatArray:
    return np.array(values, dtype=np.float64).reshape(len(values), len(COLUMN_NAMES))
