"""Tables with text that others wrote: whoever downloads one opens it in a spreadsheet.

A table of Streamlit can be downloaded as CSV, which it writes itself and without a thought for formulas.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from storage.tables.csv_writer import as_text


def harmless(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of cells with an apostrophe before any text that a spreadsheet would run.

    Examples
    --------
    >>> harmless([{"row": 3, "value": "=1+1", "reason": "wrong district"}])
    [{'row': 3, 'value': "'=1+1", 'reason': 'wrong district'}]
    """
    return [
        {name: as_text(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        for row in rows
    ]
