"""A table whose rows can be opened one at a time, and the opened row."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import streamlit as st

from dashboard.shared.foreign_text import harmless

TABLE_HEIGHT = 420
"""Pixels: a page of rows scrolls inside the table, so that the opened row stays visible."""
ROWS_IN_SIGHT = 10


class Row(Protocol):
    """A listed row that can be opened."""

    @property
    def id(self) -> int | str:
        """What distinguishes it from other rows."""


AnyRow = TypeVar("AnyRow", bound=Row)


def draw_rows(
    name: str,
    rows: Sequence[AnyRow],
    cells: Callable[[AnyRow], dict[str, Any]],
    columns: dict[str, Any],
    nothing: str,
    order: str = "newest first",
) -> AnyRow | None:
    """Draw the rows and return the opened one, if any; ``nothing`` is shown if there are none."""
    if not rows:
        with st.container(border=True, key=f"{name}_nothing"):
            st.markdown(nothing, text_alignment="center")
        return None
    table = st.dataframe(
        harmless(cells(row) for row in rows),
        key=rows_key(name, rows),
        height=TABLE_HEIGHT if len(rows) > ROWS_IN_SIGHT else "content",
        hide_index=True,
        column_config=columns,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        alt=f"Recorded rows, {order}; select one to open it",
    )
    selected = table.selection.rows
    if not selected:
        st.caption("Select a row at its left edge to see its details.")
        return None
    return rows[selected[0]]


def rows_key(name: str, rows: Sequence[Row]) -> str:
    """Return the key of the table: a selection is by position, so it must not outlive its rows."""
    return f"{name}_rows_{rows[0].id}_{rows[-1].id}"


def draw_facts(name: str, facts: dict[str, str], text: str | None) -> None:
    """Draw an opened row: its facts beside its text, which is shown verbatim."""
    with st.container(border=True, key=f"{name}_opened"):
        facts_side, text_side = st.columns([2, 3], gap="medium")
        with facts_side:
            st.table(facts, border="horizontal", alt="The opened row")
        with text_side:
            if text is not None:
                st.code(text, language=None, wrap_lines=True)
