"""One sheet of an Excel workbook, written out as the text of a CSV file: line 7 is the sheet's row 7."""

import csv
import tempfile
import warnings
import weakref
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, BinaryIO

import openpyxl

from storage.errors import InvalidInput
from storage.tables.column import listed
from storage.tables.excel.formula import unsaved_formulas
from storage.tables.excel.sheet_cell import cell_text

MAGIC = b"PK\x03\x04"
MAIN_PART = "[Content_Types].xml"
BINARY_PART = "xl/workbook.bin"
KIND_PART = "mimetype"
LARGEST_FILE_BYTES, LARGEST_UPLOAD_BYTES = 4_000_000_000, 300_000_000
"""Unpacked: a file of a few kilobytes may claim to hold terabytes. An upload's strings fit into memory."""
MOST_ROWS = 1_048_576
"""No sheet of Excel has more."""
MOST_TITLES = 20
"""Rows with one cell that may stand above the header."""
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    SyntaxError,
    RuntimeError,  # the archive has a password
    OverflowError,
    AssertionError,
)
"""What zipfile, the XML parser and openpyxl raise over damaged workbooks."""


@dataclass(frozen=True)
class Sheet:
    """The sheet that is read: its name, those of all visible ones in their order, and its text.

    The text is in a temporary file, which is removed with this object.
    """

    name: str
    visible: tuple[str, ...]
    text: Path

    def __post_init__(self) -> None:
        weakref.finalize(self, self.text.unlink, missing_ok=True)

    @property
    def others(self) -> tuple[str, ...]:
        """Names of the other visible sheets."""
        return tuple(name for name in self.visible if name != self.name)


def write_out(stream: BinaryIO, name: str, wanted: str | None, most_rows: int | None) -> Sheet:
    """Write one sheet of a workbook to a temporary file: values only, a line for each row.

    Parameters
    ----------
    stream
        The workbook, opened.
    name
        How a sentence names the file.
    wanted
        Name of the sheet; None: the first that is not hidden.
    most_rows
        Rows of an upload, which may unpack to 300 MB; None: a file, which may unpack to 4 GB.

    Raises
    ------
    InvalidInput
        If it is no workbook, is damaged or too large, or has no such sheet.
    """
    most = LARGEST_FILE_BYTES if most_rows is None else LARGEST_UPLOAD_BYTES
    with _sentences(name), zipfile.ZipFile(stream) as archive:
        _check_archive(archive, name, most)
        with _opened(stream) as workbook:
            sheet = _chosen(workbook.worksheets, wanted, name)
            visible = tuple(one.title for one in workbook.worksheets if _is_visible(one))
            formulas = unsaved_formulas(archive, sheet._worksheet_path)
            rows = _not_too_many(_texts(_values(sheet), formulas), most_rows, name)
            text = _written(rows)
            return Sheet(sheet.title, visible, text)


@contextmanager
def _sentences(name: str) -> Iterator[None]:
    """Say in one sentence what a library says in many ways."""
    try:
        with warnings.catch_warnings():
            # It warns of pictures, styles and rules, which hold no values.
            warnings.simplefilter("ignore")
            yield
    except MemoryError as error:
        raise InvalidInput(
            f"{name} is a workbook that does not fit into memory: save the sheet as CSV."
        ) from error
    except BROKEN as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(
            f"{name} looks like an Excel workbook, but cannot be read as one: save it again as .xlsx, or "
            "the sheet as CSV."
        ) from error


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[Any]:
    stream.seek(0)
    workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    try:
        yield workbook
    finally:
        workbook.close()


def _check_archive(archive: zipfile.ZipFile, name: str, most: int) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if KIND_PART in names and b"opendocument" in archive.open(KIND_PART).read(100):
        raise InvalidInput(f"{name} is an OpenDocument file: save the sheet as .xlsx or CSV.")
    if BINARY_PART in names:
        raise InvalidInput(f"{name} is a binary workbook (.xlsb): save it as .xlsx or CSV.")
    if MAIN_PART not in names or not any(part.startswith("xl/") for part in names):
        raise InvalidInput(f"{name} is a zip archive, not a workbook: unpack it first.")
    if sum(part.file_size for part in parts) > most:
        raise InvalidInput(
            f"{name} unpacks to more than {most // 1_000_000:,} MB: save the sheet as CSV."
        )


def _chosen(sheets: Sequence[Any], wanted: str | None, name: str) -> Any:
    visible = [sheet for sheet in sheets if _is_visible(sheet)]
    if not visible:
        raise InvalidInput(f"{name} is a workbook without a visible sheet of cells.")
    if wanted is None:
        return visible[0]
    for sheet in sheets:
        if sheet.title == wanted:
            return sheet
    titles = [sheet.title for sheet in visible]
    raise InvalidInput(f"{name} has no sheet {wanted}. Its sheets: {listed(titles)}.")


def _is_visible(sheet: Any) -> bool:
    return bool(sheet.sheet_state == "visible")


def _values(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # some programs write wrong ones
    rows: Iterator[Sequence[Any]] = sheet.iter_rows(max_row=MOST_ROWS, values_only=True)
    return rows


def _written(rows: Iterator[list[str]]) -> Path:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", prefix="housing-sheet-", suffix=".csv", delete=False
    ) as stream:
        path = Path(stream.name)
        try:
            _write(rows, stream)
        except BaseException:
            path.unlink()
            raise
    return path


def _texts(
    rows: Iterator[Sequence[Any]], formulas: dict[tuple[int, int], str]
) -> Iterator[list[str]]:
    """Yield the filled cells of each row, without the empty ones at its end."""
    for number, row in enumerate(rows, start=1):
        cells = ["" if value is None else cell_text(value) for value in row]
        if formulas:
            for place, cell in enumerate(cells, start=1):
                cells[place - 1] = cell or formulas.get((number, place), "")
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _not_too_many(rows: Iterator[list[str]], most: int | None, name: str) -> Iterator[list[str]]:
    filled = 0
    for cells in rows:
        filled += bool(cells)
        # One for the header, and as many as may stand above it.
        if most is not None and filled > most + 1 + MOST_TITLES:
            raise InvalidInput(f"{name} has more than {most:,} rows.")
        yield cells


def _write(rows: Iterator[list[str]], stream: IO[str]) -> None:
    """Write the rows, all as wide as the widest so far; titles above the header become comments."""
    writer = csv.writer(stream, lineterminator="\n")
    first = list(islice(rows, MOST_TITLES))
    titles = next((place for place, cells in enumerate(first) if len(cells) > 1), 0)
    width = 0
    for number, cells in enumerate(chain(first, rows)):
        if not cells:
            stream.write("\n")
        elif number < titles:
            stream.write(f"# {cells[0]}\n")
        else:
            width = max(width, len(cells))
            writer.writerow(cells + [""] * (width - len(cells)))
