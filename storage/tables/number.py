"""Reading numbers as people and programs write them, and rejecting what only looks like one."""

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.schema.arrays import BoolArray, FloatArray, IntegerArray
from storage.tables.blanks import trimmed

EMPTY = "The cell is empty"
NOT_A_NUMBER = "Not a number"
TOO_LARGE = "Too large for a number"
TOO_SMALL = "Too small for a number: write 0 if that is meant"
NOT_FINITE = "Not a finite number: leave the cell empty if the value is not known"
UNDERSCORE = "Not a number: remove the underscore"
OTHER_SIGNS = "Not a number: write it with the digits 0 to 9 and the minus sign of the keyboard"
HEXADECIMAL = "Not a number: write it with decimal digits"
A_DATE = "A date or a time: format the cell as a number and enter the value again"
TRUE_OR_FALSE = "True or false, not a number"
FAILED_FORMULA = "The formula in this cell failed: correct it, or enter a value"
UNSAVED_FORMULA = "A formula without a saved value: save the file in a spreadsheet program"

MINUS_SIGNS = "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
EXPONENT = r"([eE][+-]?[0-9]+)?"
SPACE_GROUPS = re.compile(
    r"[+-]?[1-9][0-9]{0,2}(?:[ \u00a0\u2009\u202f'\u2019][0-9]{3})+(?:[.,][0-9]*)?"
)
"""1 322 or 1'322: spaces and apostrophes can only be thousands separators."""
NOT_ZERO = r"^[^1-9eE]*[1-9]"
"""A digit before the exponent that is not 0: 1e-400 is not 0, though no float is nearer to it."""
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|#?n/?a|null|none|1\.#\w+)", re.IGNORECASE)
_UNKNOWN = re.compile(r"nan|#?n/?a|null|none|\?", re.IGNORECASE)
_OTHER_VALUES = (
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?|[0-9]{1,2}:[0-9]{2}(:[0-9.]+)?"), A_DATE),
    (re.compile(r"true|false", re.IGNORECASE), TRUE_OR_FALSE),
    (re.compile(r"#(DIV/0|REF|VALUE|NUM|NULL|SPILL|CALC)!|#NAME\?"), FAILED_FORMULA),
    (re.compile(r"=.*"), UNSAVED_FORMULA),
)
"""What cells of a spreadsheet hold in place of numbers."""
_HEXADECIMAL = re.compile(r"[+-]?0x[0-9a-f.p+-]+", re.IGNORECASE)


@dataclass(frozen=True)
class NumberMarks:
    """How a file writes numbers.

    Attributes
    ----------
    decimal
        A point or a comma.
    grouped
        Columns in which the other one separates thousands.
    """

    decimal: str = "."
    grouped: frozenset[str] = frozenset()

    @property
    def other(self) -> str:
        """The one of comma and point that is not the decimal mark."""
        return "," if self.decimal == "." else "."


def plain(decimal: str) -> str:
    """Return the pattern of a number without thousands separators."""
    mark = re.escape(decimal)
    return rf"[+-]?([0-9]+{mark}?[0-9]*|{mark}[0-9]+){EXPONENT}"


def grouped(mark: str, decimal: str) -> str:
    """Return the pattern of a number with thousands separators: 1,322 or 1,322,000.5."""
    return rf"[+-]?[1-9][0-9]{{0,2}}({re.escape(mark)}[0-9]{{3}})+({re.escape(decimal)}[0-9]*)?"


def read_numbers(cells: Any, name: str, marks: NumberMarks) -> FloatArray:
    """Parse an Arrow array of text as numbers, shape (n,).

    NaN if it is not a number or smaller than any float, infinity if too large.
    """
    is_plain = pc.match_substring_regex(cells, rf"^\s*{plain(marks.decimal)}\s*$")
    texts = pc.ascii_trim_whitespace(pc.if_else(is_plain, cells, pa.scalar(None, pa.string())))
    if marks.decimal == ",":
        texts = pc.replace_substring(texts, ",", ".")
    numbers: FloatArray = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
    known: BoolArray = is_plain.to_numpy(zero_copy_only=False)
    vanished = _vanished(texts, numbers)
    if known.all() and not len(vanished):
        return numbers
    numbers = numbers.copy()  # Arrow's are read-only
    numbers[vanished] = math.nan
    for index in np.flatnonzero(~known).tolist():
        numbers[index] = read_number(cells[index].as_py(), name, marks)
    return numbers


def is_unknown(text: str) -> bool:
    """Return whether a cell says in one of the usual words that its value is not known.

    Examples
    --------
    >>> is_unknown("NA"), is_unknown("n/a"), is_unknown("0")
    (True, True, False)
    """
    return bool(_UNKNOWN.fullmatch(trimmed(text)))


def _vanished(texts: Any, numbers: FloatArray) -> IntegerArray:
    """Return the indices of numbers that became 0 and are not."""
    zeros: IntegerArray = np.flatnonzero(numbers == 0)
    if len(zeros):
        is_other = pc.match_substring_regex(texts.take(pa.array(zeros)), NOT_ZERO)
        zeros = zeros[is_other.to_numpy(zero_copy_only=False)]
    return zeros


def read_number(text: str, name: str, marks: NumberMarks) -> float:
    """Return the number in one cell, NaN if it is not one.

    Examples
    --------
    >>> read_number("\u00a01,322 ", "Population", NumberMarks(grouped=frozenset({"Population"})))
    1322.0
    >>> read_number("4_2", "Population", NumberMarks())
    nan
    """
    text = trimmed(text)
    is_grouped = name in marks.grouped and re.fullmatch(grouped(marks.other, marks.decimal), text)
    if is_grouped:
        text = text.replace(marks.other, "")
    elif SPACE_GROUPS.fullmatch(text) and marks.other not in text:
        text = re.sub("[^0-9+.,-]", "", text)
    if not re.fullmatch(plain(marks.decimal), text, re.ASCII):
        return math.nan
    number = float(text.replace(",", "."))
    return math.nan if number == 0 and re.match(NOT_ZERO, text) else number


def why_no_number(text: str, marks: NumberMarks) -> str:
    """Say why a cell is not a number, and what to write instead if that is clear."""
    text = trimmed(text)
    if not text:
        return EMPTY
    if _NOT_FINITE.fullmatch(text):
        return NOT_FINITE
    if re.fullmatch(plain(marks.decimal), text):
        return TOO_LARGE if math.isinf(float(text.replace(",", "."))) else TOO_SMALL
    if _HEXADECIMAL.fullmatch(text):
        return HEXADECIMAL
    for pattern, message in _OTHER_VALUES:
        if pattern.fullmatch(text):
            return message
    if "_" in text:
        return UNDERSCORE
    if re.fullmatch(grouped(marks.other, marks.decimal), text):
        return f"Could be {_readings(text)}: write it without the {_MARK_NAMES[marks.other]}"
    if re.fullmatch(plain(marks.other), text, re.ASCII):
        return f"Not a number: this file writes decimals with a {_MARK_NAMES[marks.decimal]}"
    if any(re.fullmatch(plain(mark), _of_the_keyboard(text)) for mark in ".,"):
        return OTHER_SIGNS
    return NOT_A_NUMBER


def _of_the_keyboard(text: str) -> str:
    """Return text with plain digits and minus signs in place of what only looks like them."""
    return "".join(
        "-" if letter in MINUS_SIGNS else str(unicodedata.decimal(letter, letter))
        for letter in text
    )


_MARK_NAMES = {".": "point", ",": "comma"}


def _readings(text: str) -> str:
    """Return the two readings of a number with a separator: 1322 or 1.322."""
    digits = re.sub("[.,]", "", text)
    whole, *rest = re.split("[.,]", text)
    return f"{digits} or {whole}.{rest[0]}" if len(rest) == 1 else digits
