"""Markdown of generated pages: a table, and a note that says how a page is made."""

from collections.abc import Iterable, Sequence

COMMAND = "python -m tests.documentation.generate"
WIDE = "---\nhide: [toc]\n---"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a vertical bar or a line break in a cell does not end the cell.

    Examples
    --------
    >>> print(table(["name", "type"], [["`limit`", "integer|null"]]), end="")
    | name | type |
    |---|---|
    | `limit` | integer\\|null |
    """
    lines = [head, ["---"] * len(head), *rows]
    made = [_row(line) for line in lines]
    made[1] = made[1].replace(" ", "")
    return "".join(f"{line}\n" for line in made)


def page(title: str, introduction: str, *parts: str, wide: bool = False) -> str:
    """Return a page whose parts stand under its introduction, separated by blank lines.

    A ``wide`` page has no table of contents beside it, and leaves its room to the tables.
    """
    note = f"<!-- Generated: run `.venv/bin/{COMMAND}` to write it anew. -->"
    note = f"{WIDE}\n\n{note}" if wide else note
    return "\n\n".join(part.strip() for part in (note, f"# {title}", introduction, *parts)) + "\n"


def _row(cells: Sequence[str]) -> str:
    escaped = (cell.replace("\n", " ").replace("|", "\\|").strip() for cell in cells)
    return f"| {' | '.join(escaped)} |"
