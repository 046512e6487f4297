"""Which sheet of a workbook is meant, and which of the file's columns each input is."""

from collections.abc import Callable, Sequence

import streamlit as st

from backend.contract.definition import VALUE
from backend.contract.predictions import FEATURE_NAMES, FEATURES, REFERENCE
from dashboard.batch.opened import OpenedFile
from dashboard.wording.foreign import plain
from dashboard.wording.value import escaped
from dashboard.wording.words import INPUTS
from storage.tables.column import listed
from storage.tables.referred import NAMES, NO_IDS

SHEET = "batch_sheet"
COLUMN = "batch_column_"
"""Session state: the chosen column of each input begins so."""
MOST_SHOWN = 16
"""Inputs whose columns are all shown where only some are missing."""
LABELS = {feature.name: feature.label for feature in FEATURES}
NONE = "(no column)"
OWN_IDS = (
    f"Logged with each prediction, to name it when its actual {VALUE} is known. No model sees it."
)

Use = Callable[[OpenedFile | None], None]
"""Shows a file from now on."""


def forget_choices() -> None:
    """Forget what was chosen for the file before."""
    for key in list(st.session_state):
        if str(key) == SHEET or str(key).startswith(COLUMN):
            del st.session_state[key]


def draw_sheets(opened: OpenedFile, use: Use) -> None:
    """Draw the choice of a sheet, where a workbook has several."""
    if len(opened.sheets) < 2 or opened.source is None or opened.source.sheet is None:
        return

    def read() -> None:
        sheet = st.session_state[SHEET]
        forget_choices()
        use(opened.with_sheet(sheet))

    with st.container(width=320):
        st.selectbox(
            "Sheet",
            opened.sheets,
            opened.sheets.index(opened.source.sheet.name)
            if opened.source.sheet.name in opened.sheets
            else None,
            key=SHEET,
            on_change=read,
        )


def draw_columns(opened: OpenedFile, use: Use) -> None:
    """Draw which column each input is, opened if a person has to say it."""
    if not opened.found:
        return
    if opened.missing:
        with st.container(border=True, key="batch_columns"):
            st.markdown(f":orange[:material/help:] **{escaped(_question(opened))}**")
            st.caption(plain(opened.refused or ""))
            _draw_form(opened, use)
        return
    is_wrong = opened.read is None
    with st.expander(escaped(_summary(opened)), expanded=is_wrong, key="batch_columns"):
        _draw_form(opened, use)


def _question(opened: OpenedFile) -> str:
    return f"Which columns are {listed(opened.missing)}?"


def _summary(opened: OpenedFile) -> str:
    read = opened.read
    if read is None:
        return "Columns"
    words = [f"all {INPUTS} found"]
    if REFERENCE in read.columns:
        words.append(f"your ids in {read.columns[REFERENCE]}")
    if read.kept_names:
        words.append(f"{len(read.kept_names):,} more kept")
    return f"Columns: {', '.join(words)}"


def _draw_form(opened: OpenedFile, use: Use) -> None:
    names = _shown(opened)
    with st.form("batch_columns_form", border=False):
        with st.grid(4, min_column_width=210, gap="small"):
            for name in names:
                _draw_choice(opened, name, LABELS[name], opened.column_of(name))
            _draw_choice(opened, REFERENCE, "Your own id", _own_ids(opened))
        st.form_submit_button(
            "Use these columns",
            type="primary" if opened.missing else "secondary",
            icon=":material/check:",
            key="batch_use_columns",
            on_click=lambda: use(opened.with_columns(_chosen(opened, names))),
        )


def _draw_choice(opened: OpenedFile, name: str, label: str, column: str | None) -> None:
    options = [NO_IDS, *opened.found]
    st.selectbox(
        label,
        options,
        options.index(column) if column in options else 0,
        key=COLUMN + name,
        format_func=lambda one: NONE if one == NO_IDS else _words(opened, one),
        help=f"The column of {name}." if name != REFERENCE else OWN_IDS,
    )


def _words(opened: OpenedFile, column: str) -> str:
    cells = ", ".join(opened.samples.get(column, []))
    return f"{column}: {cells}" if cells else column


def _shown(opened: OpenedFile) -> Sequence[str]:
    if opened.missing and len(FEATURE_NAMES) > MOST_SHOWN:
        return [name for name in FEATURE_NAMES if name in opened.missing]
    return FEATURE_NAMES


def _own_ids(opened: OpenedFile) -> str | None:
    if opened.read is not None:
        return opened.read.columns.get(REFERENCE)
    if REFERENCE in opened.named:
        return opened.named[REFERENCE] or None
    return next((name for name in NAMES if name in opened.found), None)


def _chosen(opened: OpenedFile, names: Sequence[str]) -> dict[str, str]:
    """Return the columns that a person chose, with those chosen before for inputs that are not shown."""
    chosen = {name: st.session_state[COLUMN + name] for name in names}
    named = {name: column for name, column in opened.named.items() if name not in chosen}
    named |= {name: column for name, column in chosen.items() if column not in (NO_IDS, name)}
    return named | {REFERENCE: st.session_state[COLUMN + REFERENCE]}
