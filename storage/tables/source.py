"""Where a table comes from, a file or bytes in memory, and how its text is encoded."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from storage.errors import InvalidInput
from storage.tables.excel.workbook import MAGIC, Sheet, write_out
from storage.tables.other_kinds import other_kind

PIECE_BYTES = 1024 * 1024
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, because its mark begins with the same bytes
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-32": "UTF-32",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Latin-1 (Windows-1252)",
}


@dataclass(frozen=True)
class Source:
    """A path, or the bytes of an upload; of a workbook, one sheet of it."""

    content: Path | bytes
    sheet: Sheet | None = None
    """The sheet to read in place of the content, which is a workbook then."""

    @classmethod
    def of(
        cls, content: Path | bytes, sheet: str | None = None, most_rows: int | None = None
    ) -> Self:
        """Return the source for a file or an upload, whose sheet is written out if it is a workbook.

        Parameters
        ----------
        sheet
            Name of the sheet; None: the first that is not hidden.
        most_rows
            Rows that a sheet of an upload may have; None: as many as Excel writes.

        Raises
        ------
        InvalidInput
            If there is no such file, the workbook cannot be read or has no such sheet, or a sheet was named
            and it is no workbook.
        """
        whole = cls(content)
        if isinstance(content, Path):
            if not content.exists():
                raise InvalidInput(f"{content} does not exist.")
            if not content.is_dir() and not content.is_file():
                raise InvalidInput(f"{content} is not a file.")
        if not whole._is_workbook():
            if sheet is not None:
                raise InvalidInput(
                    f"{whole.name} is no Excel workbook, so it has no sheet {sheet}."
                )
            return whole
        with whole.open() as stream:
            return cls(content, write_out(stream, whole.name, sheet, most_rows))

    @property
    def name(self) -> str:
        """How a sentence names it."""
        return "The file" if isinstance(self.content, bytes) else str(self.content)

    @property
    def size(self) -> int:
        """In bytes, of what is read."""
        if isinstance(self._read, bytes):
            return len(self._read)
        return self._read.stat().st_size

    @property
    def _read(self) -> Path | bytes:
        return self.content if self.sheet is None else self.sheet.text

    def _is_workbook(self) -> bool:
        if isinstance(self.content, Path) and self.content.is_dir():
            return False
        with self.open() as stream:
            return stream.read(len(MAGIC)) == MAGIC

    def open(self) -> BinaryIO:
        """Open it for reading.

        Raises
        ------
        InvalidInput
            If there is no such file, or it may not be read.
        """
        if isinstance(self._read, bytes):
            return io.BytesIO(self._read)
        try:
            return self._read.open("rb")
        except OSError as error:
            raise self.unreadable(error) from error

    def unreadable(self, error: Exception) -> InvalidInput:
        """Return the error for a file that the operating system or a library could not read."""
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        first_line = (reason.splitlines() or [type(error).__name__])[0].rstrip(".")
        return InvalidInput(f"{self.name} cannot be read: {first_line[:200]}.")


@dataclass(frozen=True)
class Encoding:
    """How bytes become text.

    Attributes
    ----------
    codec
        Python's name of it.
    quotes
        Number of double quotes.
    """

    codec: str
    quotes: int

    @property
    def name(self) -> str:
        """For people."""
        return NAMES[self.codec]


class ZeroByte(UnicodeError):
    """A character that no text has."""

    def __init__(self, line: int) -> None:
        super().__init__("a zero byte")
        self.line = line


def find_encoding(source: Source) -> Encoding:
    """Read the whole source once, in constant memory, and return the first encoding that fits all of it.

    Raises
    ------
    InvalidInput
        If it is not text or cannot be read.
    """
    with source.open() as stream:
        start = stream.read(64)
    kind = other_kind(start)
    if kind is not None:
        raise InvalidInput(f"{source.name} is {kind}.")
    for codec in _candidates(start):
        try:
            return Encoding(codec, _count_quotes(source, codec))
        except ZeroByte as found:
            raise InvalidInput(
                f"{source.name} has a zero byte in line {found.line}: it is damaged or no text. Save it "
                "again as CSV with UTF-8."
            ) from found
        except UnicodeError:
            continue
    raise InvalidInput(
        f"{source.name} is not text in UTF-8, UTF-16 or Latin-1: save it as CSV with UTF-8."
    )


def _candidates(start: bytes) -> list[str]:
    for mark, codec in MARKS:
        if start.startswith(mark):
            return [codec]
    # A table begins with ASCII characters: in UTF-16, every second byte is zero.
    if len(start) >= 4 and not any(start[1:8:2]):
        return ["utf-16-le"]
    if len(start) >= 4 and not any(start[0:8:2]):
        return ["utf-16-be"]
    return ["utf-8", "cp1252"]


def _count_quotes(source: Source, codec: str) -> int:
    """Return the number of double quotes; raise UnicodeError if it is not text in this encoding."""
    decoder = codecs.getincrementaldecoder(codec)()
    quotes, line = 0, 1
    for piece in _pieces(source):
        text = decoder.decode(piece)
        before, zero, _ = text.partition("\0")
        line += before.count("\n")
        if zero:
            raise ZeroByte(line)
        quotes += text.count('"')
    decoder.decode(b"", final=True)
    return quotes


def _pieces(source: Source) -> Iterator[bytes]:
    try:
        with source.open() as stream:
            while piece := stream.read(PIECE_BYTES):
                yield piece
    except OSError as error:
        raise source.unreadable(error) from error
