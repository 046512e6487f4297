"""How a table was read, so that a person can check it before trusting the numbers."""

from dataclasses import dataclass, replace
from typing import Self

from storage.tables.column import listed
from storage.tables.excel.workbook import Sheet

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
        Empty for Parquet; of a sheet, only a decimal comma is said.
    grouped
        Columns whose numbers have thousands separators.
    ignored
        Columns that were not requested, or cannot be kept.
    kept
        Columns that were not requested and are carried along as they are.
    unread
        Parquet files of a folder that were left out because of their names.
    sheet, other_sheets
        Of a workbook: the sheet that was read, and the other visible ones.
    renamed
        Pairs of a requested column and the one that a person chose for it.
    """

    kind: str
    encoding: str = ""
    separator: str = ""
    decimal: str = ""
    grouped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    def sentence(self) -> str:
        """Say it in one or two sentences.

        >>> Understanding("CSV", "UTF-8", ";", ",", ignored=("note",)).sentence()
        'Read as CSV: semicolon-separated, decimal comma, UTF-8. Ignored columns: note.'
        >>> Understanding("Excel", sheet="May", other_sheets=("June",), kept=("id",)).sentence()
        'Read as Excel: sheet May. Other sheets: June. Kept beside the result: id.'
        """
        sheet = f"sheet {self.sheet}" if self.sheet else ""
        details = [sheet, self._separator(), self._decimal(), self.encoding]
        shown = ", ".join(detail for detail in details if detail)
        first = f"Read as {self.kind}: {shown}." if shown else f"Read as {self.kind}."
        return first + "".join(
            f" {words}: {listed(names)}."
            for words, names in (
                ("Other sheets", self.other_sheets),
                (
                    "Columns with other names",
                    [f"{name} = {column}" for name, column in self.renamed],
                ),
                ("Kept beside the result", self.kept),
                ("Ignored columns", self.ignored),
                ("Not read, because their names begin with _ or a dot", self.unread),
            )
            if names
        )

    def of_sheet(self, sheet: Sheet) -> Self:
        """Return the same for a sheet, whose text has a format that nobody chose."""
        return replace(
            self,
            kind="Excel",
            encoding="",
            separator="",
            decimal=self.decimal if self.decimal == "," or self.grouped else "",
            sheet=sheet.name,
            other_sheets=sheet.others,
        )

    def _separator(self) -> str:
        return SEPARATOR_WORDS[self.separator] if self.separator else ""

    def _decimal(self) -> str:
        if not self.decimal:
            return ""
        words = MARK_WORDS[self.decimal]
        return f"{words}, thousands separators in {listed(self.grouped)}" if self.grouped else words
