"""The inputs as a table: a row each, with its distribution; selecting a row opens it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from backend.contract.data import ColumnProfile, TableColumn, TableResponse
from dashboard.charts.colours import UP
from dashboard.shared.column_width import column_width
from dashboard.shared.foreign_text import harmless
from dashboard.wording.feature_words import are_years, number

OPENED = "data_opened"
"""Session state: the opened input; absent: the first."""
MOST_SHOWN = 14
"""Rows of the table before it scrolls."""
TALLEST_PIXELS = 500
LEAST_UNIT, MOST_UNIT = 56, 148
"""Pixels of the units' column."""
RANGE_PIXELS = 80, 135
KINDS = {"number": "Number", "integer": "Whole number", "category": "Category"}


def draw_inputs(found: TableResponse) -> None:
    """Draw the table of all inputs."""
    st.header("Inputs", anchor=False)
    names = [column.name for column in found.inputs]
    rows = found.table.rows if found.table is not None else 0
    key = f"data_inputs_{found.model_version}"
    cells = [input_cells(column, rows) for column in found.inputs]
    st.dataframe(
        harmless(cells),
        key=key,
        height="content" if len(names) <= MOST_SHOWN else TALLEST_PIXELS,
        hide_index=True,
        column_config=_columns(unit_width(found.inputs), range_width(cells)),
        on_select=lambda: _open_selected(key, names),
        selection_mode="single-row",
        placeholder="–",
        alt="The inputs of the table; select one to open it",
    )


def _open_selected(key: str, names: list[str]) -> None:
    selected = st.session_state[key]["selection"]["rows"]
    if selected:
        st.session_state[OPENED] = names[selected[0]]


def input_cells(column: TableColumn, rows: int) -> dict[str, Any]:
    """Return one row of the table; without figures, only what the definition says."""
    found = column.found
    cells: dict[str, Any] = {
        "input": column.label,
        "kind": KINDS[column.kind],
        "unit": column.unit or None,
        "distribution": None,
        "missing": None,
        "distinct": None,
        "median": None,
        "range": None,
        "typical": typical_words(column),
        "untypical": None,
        "accepted": range_words(column.accepted, is_year=is_year(column)),
    }
    if found is None:
        return cells
    return cells | {
        "distribution": relative_counts(column),
        "missing": found.missing / rows if rows else None,
        "distinct": found.distinct,
        "median": found.median,
        "range": range_words(ends_of(found), is_year=is_year(column)),
        "untypical": found.untypical / rows if found.untypical is not None and rows else None,
    }


def relative_counts(column: TableColumn) -> list[float] | None:
    """Return the bars of a column as parts of the highest, 0 to 1."""
    found = column.found
    if found is None:
        return None
    counts: list[int] = []
    if found.histogram is not None:
        counts = found.histogram.counts
    elif found.words is not None:
        counts = found.words.counts
    peak = max(counts, default=0)
    return [count / peak for count in counts] if peak else None


def range_words(ends: list[float] | None, *, is_year: bool = False) -> str | None:
    """Write a range of numbers.

    Examples
    --------
    >>> range_words([0.0, 1440.0]), range_words(None)
    ('0 to 1,440', None)
    >>> range_words([-124.4, -114.3])
    '−124.4 to −114.3'
    """
    if ends is None:
        return None
    # With a minus as it is printed: a spreadsheet would take a hyphen for the start of a formula.
    return " to ".join(number(end, is_year=is_year).replace("-", "−") for end in ends)


def is_year(column: TableColumn) -> bool:
    """Whether a column holds years."""
    typical = column.typical
    return typical is not None and are_years(typical[0], typical[1], column.unit)


def ends_of(found: ColumnProfile) -> list[float] | None:
    """Return the lowest and the highest value of a column of numbers."""
    if found.lowest is None or found.highest is None:
        return None
    return [found.lowest, found.highest]


def typical_words(column: TableColumn) -> str | None:
    """Write what is typical: a range, or the most frequent word."""
    words = column.found.words if column.found is not None else None
    if words is not None and words.words:
        return f"most often {words.words[0]}"
    return range_words(column.typical, is_year=is_year(column))


def unit_width(inputs: Sequence[TableColumn]) -> int | None:
    """Return the pixels of the units' column; None where no input has a unit, and it is left out."""
    units = [column.unit for column in inputs if column.unit]
    return column_width(units, LEAST_UNIT, MOST_UNIT) if units else None


def range_width(cells: Sequence[dict[str, Any]]) -> int:
    """Return the pixels of the column of ranges: where most rows have none, it would be too narrow."""
    return column_width((each["range"] or "" for each in cells), *RANGE_PIXELS)


def _columns(unit_pixels: int | None, range_pixels: int) -> dict[str, Any]:
    config = st.column_config
    return {
        "input": config.TextColumn("Input", pinned=True),
        "kind": config.TextColumn("Kind"),
        "unit": None if unit_pixels is None else config.TextColumn("Unit", width=unit_pixels),
        "distribution": config.BarChartColumn(
            "Distribution",
            y_min=0,
            y_max=1,
            color=UP,
            width=96,
            help="Rows, relative to the highest bar; of a category, the most frequent words first.",
        ),
        "missing": config.NumberColumn("Missing", format="percent"),
        "distinct": config.NumberColumn("Distinct", format="localized", help="Different values."),
        "median": config.NumberColumn("Median", format="%.6g"),
        "range": config.TextColumn(
            "Values", help="The lowest and the highest.", width=range_pixels
        ),
        "typical": config.TextColumn(
            "Typical", help="What nearly all rows are, by the definition."
        ),
        "untypical": config.NumberColumn(
            "Untypical", format="percent", help="Rows outside the typical range."
        ),
        "accepted": config.TextColumn("Accepted", help="What the service takes."),
    }
