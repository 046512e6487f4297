"""How a table was read, so that a person can check it before trusting the numbers."""

from dataclasses import dataclass

from storage.tables.column import listed

SEPARATOR_WORDS = {
    ",": "comma-separated",
    ";": "semicolon-separated",
    "\t": "tab-separated",
    "|": "pipe-separated",
}
MARK_WORDS = {".": "decimal point", ",": "decimal comma"}


@dataclass(frozen=True)
class Understanding:
    """How a table was read.

    Attributes
    ----------
    kind
        CSV or Parquet, in how many files.
    encoding, separator, decimal
        Empty for Parquet.
    grouped
        Columns whose numbers have thousands separators.
    ignored
        Columns that were not requested.
    unread
        Parquet files of a folder that were left out because of their names.
    """

    kind: str
    encoding: str = ""
    separator: str = ""
    decimal: str = ""
    grouped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Say it in one or two sentences.

        >>> Understanding("CSV", "UTF-8", ";", ",", ignored=("note",)).sentence()
        'Read as CSV: semicolon-separated, decimal comma, UTF-8. Ignored columns: note.'
        """
        details = [self._separator(), self._decimal(), self.encoding]
        shown = ", ".join(detail for detail in details if detail)
        first = f"Read as {self.kind}: {shown}." if shown else f"Read as {self.kind}."
        ignored = f" Ignored columns: {listed(self.ignored)}." if self.ignored else ""
        return first + ignored + self._unread()

    def _separator(self) -> str:
        return SEPARATOR_WORDS[self.separator] if self.separator else ""

    def _unread(self) -> str:
        if not self.unread:
            return ""
        return f" Not read, because their names begin with _ or a dot: {listed(self.unread)}."

    def _decimal(self) -> str:
        if not self.decimal:
            return ""
        words = MARK_WORDS[self.decimal]
        return f"{words}, thousands separators in {listed(self.grouped)}" if self.grouped else words
