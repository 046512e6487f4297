"""The uploaded file as it was opened, and what a person said of it: which sheet, which columns."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

from backend.contract.predictions import FEATURE_NAMES, REFERENCE
from dashboard.batch.file import BatchFile, UnknownColumns, UnusableFile, open_upload, read_batch
from storage.tables.guess import guesses
from storage.tables.peek import peek
from storage.tables.source import Source
from storage.tables.table import InvalidInput


@dataclass(frozen=True)
class OpenedFile:
    """An upload, and what came of it: the file that was read, or why it was not.

    Attributes
    ----------
    named
        Columns of the file by the input that a person said they are; empty until somebody did.
    read
        What it holds; None if it could not be read so.
    refused
        Why not, in one sentence; None if it was read.
    missing, found
        Inputs without a column, and all columns of the file, for a person to say which is which.
    """

    name: str
    content: bytes = field(repr=False)
    source: Source | None = None
    named: dict[str, str] = field(default_factory=dict)
    read: BatchFile | None = None
    refused: str | None = None
    missing: tuple[str, ...] = ()
    found: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, content: bytes, sheet: str | None = None) -> Self:
        """Open and read an upload, by the names of its columns."""
        try:
            source = open_upload(content, sheet)
        except UnusableFile as error:
            return cls(name, content, refused=str(error))
        return cls(name, content, source).with_columns({})

    def with_columns(self, named: dict[str, str]) -> Self:
        """Return the file read anew, with columns as a person says."""
        if self.source is None:
            return self
        plain = replace(self, named=named, read=None, refused=None, missing=())
        try:
            read = read_batch(self.name, self.source, named)
        except UnknownColumns as error:
            found = _once(error.found)
            if len(found) < len(FEATURE_NAMES):  # not every input can have a column
                return replace(plain, refused=str(error))
            return replace(plain, refused=str(error), missing=error.missing, found=found)
        except UnusableFile as error:
            return replace(plain, refused=str(error))
        return replace(plain, read=read, found=self.found or _columns(read))

    def with_sheet(self, sheet: str) -> Self:
        """Return another sheet of the same workbook, read by the names of its columns."""
        return self.of(self.name, self.content, sheet)

    @property
    def sheets(self) -> list[str]:
        """The sheets of a workbook that a person can choose from."""
        sheet = self.source.sheet if self.source is not None else None
        return [] if sheet is None else list(sheet.visible)

    def column_of(self, name: str) -> str | None:
        """Return the file's column of an input, or of the caller's own id (``reference``); None: none yet."""
        if self.read is not None:
            return self.read.columns.get(name)
        chosen = self.named.get(name, name)
        return chosen if chosen in self.found else self._guesses.get(name)

    @cached_property
    def samples(self) -> dict[str, list[str]]:
        """The first cells of each column."""
        if self.source is None:
            return {}
        try:
            return peek(self.source, self.found)
        except InvalidInput:
            return {}

    @cached_property
    def _guesses(self) -> dict[str, str]:
        taken = {self.named.get(name, name) for name in (*FEATURE_NAMES, REFERENCE)}
        return guesses(self.missing, [name for name in self.found if name not in taken])


def _columns(read: BatchFile) -> tuple[str, ...]:
    return _once([*read.columns.values(), *read.kept_names, *read.understood.ignored])


def _once(names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
