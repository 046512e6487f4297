"""Why a column is no input, or no number, told by its name and its values."""

import re

from training.describe.column import Column
from training.describe.texts import SIGNED

MOST_WORDS = 1000
"""Of a category, as the definition allows."""
FEW_WORDS = 50
LONGEST_WORD = 200
NEARLY_UNIQUE = 0.95
NEARLY_EMPTY = 0.95
ALMOST_ALL = 0.9
"""Of the rows: so many different row numbers, as rows were copied."""
CODE = frozenset({"code", "type", "class", "zone", "region", "zip", "category", "cluster", "group"})
WHEN = frozenset({"year", "month", "week", "day", "hour", "date", "time", "age"})
"""A year that is different in every row is still no id."""
OWN_NAME = frozenset(
    {"id", "pid", "uid", "uuid", "guid", "key", "index", "nr", "no", "number", "serial"}
)


def why_empty(column: Column) -> str:
    """Say why a column tells nothing, whatever it holds; an empty string if it may."""
    if column.kind == "other":
        return f"holds {str(column.raw.type)[:60]}, which is no number and no word"
    if not len(column.present):
        return "empty in every row"
    share = column.missing / len(column)
    if len(column.distinct) == 1:
        return "the same in every row" + (" that has a value" if column.missing else "")
    return f"empty in {share:.1%} of the rows" if share > NEARLY_EMPTY else ""


def why_no_category(column: Column) -> str:
    """Say why words are no category; an empty string if they are one."""
    words, rows = len(column.words), len(column.present)
    if are_signed(column):
        return f"numbers with a unit, such as {column.words[0][:40]!r}: write plain numbers"
    if max(map(len, column.words)) > LONGEST_WORD:
        return "text: only numbers and categories can be inputs"
    if words <= FEW_WORDS and words * 4 <= rows:
        return ""
    if words <= MOST_WORDS and words * 10 <= rows:
        return ""
    if words >= NEARLY_UNIQUE * rows:
        return f"nearly unique words, such as {column.words[0][:40]!r}"
    return f"{words:,} different words in {rows:,} rows are too many for a category"


def are_signed(column: Column) -> bool:
    """Whether its words are many, and all are numbers with a sign of their unit, such as $1,234 or 12 km."""
    many = len(column.words) > FEW_WORDS
    return many and all(re.fullmatch(SIGNED, word) for word in column.words)


def names_rows(column: Column) -> bool:
    """Whether it is different in every row, and no measurement."""
    if column.missing or len(column.distinct) < len(column):
        return False
    if column.kind == "words":
        return not are_signed(column)
    if column.kind != "integer" or WHEN & set(tokens(column.name)):
        return False
    span = column.distinct[-1] - column.distinct[0] + 1
    return span == len(column) or bool(OWN_NAME & set(tokens(column.name)))


def counts_rows(column: Column) -> bool:
    """Whether it is different in nearly every row, by whole numbers without holes between them."""
    if column.kind != "integer" or column.missing or WHEN & set(tokens(column.name)):
        return False
    different = len(column.distinct)
    span = column.distinct[-1] - column.distinct[0] + 1
    return bool(span == different and different >= ALMOST_ALL * len(column))


def may_be_time(column: Column) -> bool:
    """Whether its numbers may say when a row was recorded, by its whole name."""
    return column.is_number and not column.missing and column.name.lower() in {"date", "year"}


def is_code(column: Column) -> bool:
    """Whether its numbers only tell kinds apart, by its name and how few they are."""
    if not column.is_whole or len(column.distinct) < 3:
        return False
    few = len(column.distinct) <= FEW_WORDS and len(column.distinct) * 10 <= len(column)
    return few and bool((CODE | {"id"}) & set(tokens(column.name)))


def tokens(name: str) -> list[str]:
    """Return the parts of a name in lower case.

    Examples
    --------
    >>> tokens("carId"), tokens("zip_code 2"), tokens("VIN")
    (['car', 'id'], ['zip', 'code', '2'], ['vin'])
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [part.casefold() for part in re.split(r"[^\w]|_", spaced) if part]
