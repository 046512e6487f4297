"""Choosing a file, and its content: the number of valid rows, the first ones, the problems."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from backend.contract.definition import SUBJECT, SUBJECTS
from backend.contract.predictions import FEATURE_NAMES, REFERENCE, values_of
from dashboard.batch.columns import draw_columns, draw_sheets, forget_choices
from dashboard.batch.file import (
    MOST_MEGABYTES,
    MOST_ROWS,
    BatchFile,
    template,
)
from dashboard.batch.opened import OpenedFile
from dashboard.batch.run import BatchRun
from dashboard.shared.foreign_text import harmless
from dashboard.wording.feature_words import input_columns
from dashboard.wording.foreign import plain
from dashboard.wording.value import escaped
from dashboard.wording.words import INPUTS
from storage.tables.csv_writer import PROBLEM_NAMES, csv_text, problem_cells
from storage.tables.problem import Problem
from storage.tables.referred import NAMES
from storage.tables.table import FILE_KINDS

OWN_IDS = " or ".join(NAMES)
UPLOAD = "batch_upload"
RUN = "batch_run"
"""Session state: the run over the current file, or None."""
RUNNING = "batch_running"
"""Session state: whether the run is going on."""
OPENED = "batch_opened"
"""Session state: the uploaded file, usable or not, or None."""
PREVIEW_ROWS = 8
SHOWN_PROBLEMS = 1_000
TABLE_HEIGHT = 320
"""Pixels: about eight rows."""


def current_run() -> BatchRun | None:
    """Return the run over the current file, which is kept while the operator visits other pages."""
    run: BatchRun | None = st.session_state.get(RUN)
    return run


def choose_file() -> None:
    """Draw the upload and the template."""
    upload_side, template_side = st.columns([5, 3], gap="medium")
    with upload_side:
        st.file_uploader(
            f"CSV, Excel or Parquet file, one {SUBJECT} per line",
            type=FILE_KINDS,
            key=UPLOAD,
            on_change=_read_upload,
            max_upload_size=MOST_MEGABYTES,
        )
    with template_side, st.container(border=True, key="batch_template_card"):
        st.markdown("**File format**")
        st.caption(
            f"A header, then one line per {SUBJECT}: up to {MOST_ROWS:,} rows and {MOST_MEGABYTES} MB. The "
            f"{INPUTS} may be in any order and have other names, further columns are kept, and a column "
            f"{OWN_IDS} has your own ids, which are logged. For larger files use `python -m backend.score`."
        )
        st.download_button(
            "Download template",
            template(),
            f"{SUBJECTS.replace(' ', '_')}.csv",
            "text/csv",
            icon=":material/download:",
            key="batch_template",
            on_click="ignore",
        )


def draw_file() -> None:
    """Draw the content of the file, or why it is invalid, or how to start."""
    opened: OpenedFile | None = st.session_state.get(OPENED)
    run = current_run()
    if opened is None and run is None:
        _draw_nothing_yet()
        return
    if opened is not None:
        st.header(f":material/table: {plain(opened.name)}", anchor=False)
        draw_sheets(opened, _use)
        if opened.refused is not None and not opened.missing:
            st.error(escaped(opened.refused), icon=":material/block:")
    if run is not None:
        st.caption(plain(run.file.understood.sentence()))
    if opened is not None:
        draw_columns(opened, _use)
    if run is not None:
        _draw_content(run.file)


def _draw_content(file: BatchFile) -> None:
    _draw_counts(file)
    if file.problems:
        problems, preview = st.tabs([_problem_title(file), "First rows"], key="batch_tabs")
        with problems:
            _draw_problems(file)
        with preview:
            _draw_preview(file)
    else:
        _draw_preview(file)


def _read_upload() -> None:
    # By its change and not by the widget's value, which is gone when the operator comes back to the page.
    upload = st.session_state[UPLOAD]
    forget_choices()
    _use(None if upload is None else OpenedFile.of(upload.name, upload.getvalue()))


def _use(opened: OpenedFile | None) -> None:
    """Show a file from now on, in place of the one before."""
    st.session_state[OPENED] = opened
    read = opened.read if opened is not None else None
    st.session_state[RUN] = None if read is None else BatchRun(read)
    st.session_state[RUNNING] = False


def _draw_nothing_yet() -> None:
    with st.container(border=True, key="batch_empty"):
        st.markdown("**No file yet**", text_alignment="center")
        st.caption(
            "Problems are shown by row and column before anything is sent.",
            text_alignment="center",
        )


def _draw_counts(file: BatchFile) -> None:
    left_out = file.total - len(file.rows)
    with st.grid(4, min_column_width=125, gap="small"):
        st.metric("Rows", f"{file.total:,}", border=True)
        st.metric("Valid rows", f"{len(file.rows):,}", border=True)
        st.metric("Skipped", f"{left_out:,}", border=True)
        st.metric("Problems", f"{len(file.problems):,}", border=True)


def _problem_title(file: BatchFile) -> str:
    return f"Problems ({len(file.problems):,})"


def _draw_problems(file: BatchFile) -> None:
    shown = file.problems[:SHOWN_PROBLEMS]
    st.dataframe(
        harmless(_problem_cells(problem) for problem in shown),
        key="batch_problems",
        height=TABLE_HEIGHT if len(shown) > PREVIEW_ROWS else "content",
        hide_index=True,
        column_config={
            "row": st.column_config.NumberColumn("Row", format="%,d", width="small"),
            "column": st.column_config.TextColumn("Column", width="small"),
            "message": st.column_config.TextColumn("Problem", width="large"),
            "value": st.column_config.TextColumn("Value", width="small"),
        },
        placeholder="–",
        alt="Problems of the file by row and column",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download problems",
            problems_csv(file.problems),
            f"{_stem(file)}_problems.csv",
            "text/csv",
            icon=":material/download:",
            key="batch_problems_download",
            on_click="ignore",
        )
        first = "" if len(shown) == len(file.problems) else f"Showing the first {len(shown):,}. "
        st.caption(
            f"{first}Row numbers are those of your editor or spreadsheet. Rows with problems are skipped."
        )


def _problem_cells(problem: Problem) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column": problem.column or "whole row",
        "message": problem.message,
        "value": problem.value or None,
    }


def problems_csv(problems: Sequence[Problem]) -> str:
    """Return the problems as CSV."""
    return csv_text(PROBLEM_NAMES, [problem_cells(problem) for problem in problems])


def _draw_preview(file: BatchFile) -> None:
    rows = zip(file.rows[:PREVIEW_ROWS].tolist(), file.inputs[:PREVIEW_ROWS].tolist(), strict=True)
    own = file.references or ()
    cells = [
        {"row": row}
        | ({REFERENCE: own[place]} if own else {})
        | dict(zip(FEATURE_NAMES, values_of(values), strict=True))
        for place, (row, values) in enumerate(rows)
    ]
    st.dataframe(
        harmless(cells),
        key="batch_preview",
        height="content",
        hide_index=True,
        column_config=row_columns(cells) | {REFERENCE: "Your id"},
        placeholder="–",
        alt="The first valid rows",
    )
    shown = min(PREVIEW_ROWS, len(file.rows))
    st.caption(f"The first {shown:,} of {len(file.rows):,} valid rows.")


def row_columns(cells: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the columns of the row number and the inputs, as they suit the cells."""
    row = st.column_config.NumberColumn("Row", format="%,d", pinned=True)
    return {"row": row, **input_columns(cells)}


def _stem(file: BatchFile) -> str:
    return file.name.rpartition(".")[0] or file.name
