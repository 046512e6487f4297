"""Which sheet and which columns of a file have the ids and the actual values; each answer is read once."""

from dataclasses import dataclass, field, replace

import streamlit as st

from backend.contract.predictions import REFERENCE
from dashboard.performance.label_file import (
    ACTUAL,
    ID,
    LabelFile,
    UnknownColumns,
    UnreadableFile,
    read_labels,
)
from dashboard.wording.foreign import plain
from dashboard.wording.value import escaped
from dashboard.wording.words import VALUE
from storage.tables.source import Source
from storage.tables.table import InvalidInput

OPENED = "performance_opened"
"""Session state: the uploaded file, or None."""
SHEET, IDS, KIND, VALUES = (
    f"performance_{name}" for name in ("sheet", "ids_column", "ids_kind", "values_column")
)
KINDS = {"ids of predictions": ID, "your own ids": REFERENCE}
MOST_ROWS = 1_048_576
"""As many as a sheet can have."""
LIKELY = ("actual", "value", "sold", "true", "target", VALUE.lower())


@dataclass(frozen=True)
class OpenedLabels:
    """An uploaded file: what it holds, or why it could not be read.

    Attributes
    ----------
    found
        Columns of a file in which not all were found, for a person to say which is which.
    """

    content: bytes = field(repr=False)
    source: Source | None = None
    read: LabelFile | None = None
    refused: str | None = None
    found: tuple[str, ...] = ()

    def with_sheet(self, sheet: str | None) -> "OpenedLabels":
        """Return a sheet of it, or the only table that it is."""
        try:
            source = Source.of(self.content, sheet, MOST_ROWS)
        except InvalidInput as error:
            return replace(self, refused=str(error))
        return OpenedLabels(self.content, source).with_columns(None)

    def with_columns(self, named: dict[str, str] | None) -> "OpenedLabels":
        """Return it read with the columns that a person says; None: as they are called."""
        if self.source is None:
            return self
        try:
            return replace(self, read=read_labels(self.source, named), refused=None, found=())
        except UnknownColumns as error:
            return replace(self, refused=str(error), found=error.found)
        except UnreadableFile as error:
            return replace(self, refused=str(error))


def open_labels(content: bytes | None) -> None:
    """Read an uploaded file from now on; None: it was taken away."""
    for key in (SHEET, IDS, KIND, VALUES):
        st.session_state.pop(key, None)
    opened = None if content is None else OpenedLabels(content).with_sheet(None)
    st.session_state[OPENED] = opened


def draw_opened() -> LabelFile | None:
    """Draw how the file was read, or what a person has to say of it; return what it holds."""
    opened: OpenedLabels | None = st.session_state.get(OPENED)
    if opened is None:
        return None
    _draw_sheets(opened)
    if opened.read is not None:
        st.caption(escaped(opened.read.understood.sentence()))
        return opened.read
    if len(opened.found) < len((ID, ACTUAL)):
        st.error(escaped(opened.refused or ""), icon=":material/error:")
        return None
    _draw_columns(opened)
    return None


def _draw_sheets(opened: OpenedLabels) -> None:
    sheet = opened.source.sheet if opened.source is not None else None
    if sheet is None or not sheet.others:
        return

    def read() -> None:
        st.session_state[OPENED] = opened.with_sheet(st.session_state[SHEET])

    with st.container(width=320):
        st.selectbox(
            "Sheet", sheet.visible, sheet.visible.index(sheet.name), key=SHEET, on_change=read
        )


def _draw_columns(opened: OpenedLabels) -> None:
    def read() -> None:
        state = st.session_state
        named = {KINDS[state[KIND]]: state[IDS], ACTUAL: state[VALUES]}
        state[OPENED] = opened.with_columns(named)

    names = opened.found
    with st.container(border=True, key="performance_columns"):
        st.markdown(":orange[:material/help:] **Which columns are the ids and the actual values?**")
        st.caption(plain(opened.refused or ""))
        with st.form("performance_columns_form", border=False):
            with st.grid(3, min_column_width=210, gap="small"):
                st.selectbox("Ids", names, _likely_ids(names), key=IDS)
                st.selectbox("They are", list(KINDS), int(ID not in names), key=KIND)
                st.selectbox("Actual values", names, _likely_values(names), key=VALUES)
            st.form_submit_button(
                "Use these columns",
                type="primary",
                icon=":material/check:",
                key="performance_use_columns",
                on_click=read,
            )


def _likely_ids(names: tuple[str, ...]) -> int:
    known = [names.index(name) for name in (ID, REFERENCE) if name in names]
    return known[0] if known else 0


def _likely_values(names: tuple[str, ...]) -> int:
    likely = (
        place
        for word in LIKELY
        for place, name in enumerate(names)
        if word in name.lower() and name not in (ID, REFERENCE)
    )
    return next(likely, len(names) - 1)
