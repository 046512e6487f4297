"""A table whose rows can be opened one at a time, and the opened row."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import streamlit as st

from dashboard.shared.foreign_text import harmless

TABLE_HEIGHT = 420
"""Pixels: a page of rows scrolls inside the table, so that the opened row stays visible."""
ROWS_IN_SIGHT = 10
FACTS_WIDTH = 420
"""Pixels that the facts of an opened row need, such as an id of 32 characters beside its name."""


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
        st.caption("Select a row at its left edge, or press Shift+Space in it, to see its details.")
        return None
    return rows[selected[0]]


def rows_key(name: str, rows: Sequence[Row]) -> str:
    """Return the key of the table: a selection is by position, so it must not outlive its rows."""
    return f"{name}_rows_{rows[0].id}_{rows[-1].id}"


def draw_facts(name: str, facts: dict[str, str], text: str | None) -> None:
    """Draw an opened row: its facts beside its text, or above it where it has no room, as it is."""
    with (
        st.container(border=True, key=f"{name}_opened"),
        st.grid(2 if text is not None else 1, min_column_width=FACTS_WIDTH, gap="medium"),
    ):
        st.table(facts, border="horizontal", alt="The opened row")
        if text is not None:
            st.code(text, language=None, wrap_lines=True)
