"""Finding the double quote that is not closed properly."""

from collections.abc import Iterator, Sequence

from storage.errors import InvalidInput


def open_quote(name: str, lines: Sequence[str], first_line: int, separator: str) -> InvalidInput:
    """Return the error for a file with an invalid quoted cell.

    Parameters
    ----------
    name
        How a sentence names the file.
    lines
        From the start of the record to where the error was found, each with its line end.
    first_line
        Number of the first of them.
    separator
        Between columns.
    """
    quoted = list(_quoted(lines, separator))
    over_lines = [opening for opening, closing in quoted if closing != opening]
    line = first_line + (over_lines or [opening for opening, _ in quoted] or [0])[-1]
    return InvalidInput(
        f"{name} has a double quote in line {line} that does not close at the end of its cell, so the rows "
        "after it cannot be separated: close it or remove it."
    )


def _quoted(lines: Sequence[str], separator: str) -> Iterator[tuple[int, int]]:
    """Yield for each quoted cell the indices of the lines in which it opens and closes (-1: nowhere)."""
    opening = -1
    before = separator
    for index, line in enumerate(lines):
        for letter in line:
            if opening >= 0:
                if letter == '"':
                    yield opening, index
                    opening, before = -1, f"closed {opening}"
            elif letter == '"' and before.startswith("closed"):
                opening = int(
                    before.split()[1]
                )  # a doubled quote is one character of the same cell
            elif letter == '"' and before in (separator, "\n", "\r"):
                opening = index
            elif letter == " " and before in (separator, "\n", "\r"):
                continue  # a blank before a quote is not part of the cell
            else:
                before = letter
    if opening >= 0:
        yield opening, -1
