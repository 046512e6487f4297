"""The files that were scored before, and their results while they are kept."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from backend.contract.feedback import LONGEST_NAME
from dashboard.batch.run import BatchRun
from dashboard.batch.upload import problems_csv
from dashboard.settings import shared_settings
from dashboard.shared.foreign_text import harmless
from dashboard.shared.person import signed_in_person
from dashboard.wording.foreign import plain
from dashboard.wording.moment import COLUMN_FORMAT, cell, column_title, moment
from storage.scored_files.runs import MOST_RUNS, ScoredRun, ScoredRuns

PERSON = "batch_person"
UNKEPT = "batch_unkept"
"""Session state: whether the last run could not be kept."""
TABLE_HEIGHT = 320
FEW_RUNS = 8


def scored_runs() -> ScoredRuns:
    """Return the runs of this console."""
    return ScoredRuns(shared_settings().paths.scored_files)


def ask_for_person() -> None:
    """Draw the field for a name, where no proxy tells who it is."""
    if signed_in_person():
        return
    with st.container(width=320):
        st.text_input(
            "Your name",
            key=PERSON,
            max_chars=LONGEST_NAME,
            placeholder="Optional, for the history",
            persist_state="session",
        )


def remember(run: BatchRun) -> None:
    """Keep a run that has stopped or is done, with its results so far; once for each state of it."""
    if not run.scored or run.kept == run.scored:
        return
    kept = ScoredRun(
        run.run_id,
        run.file.name,
        run.file.size,
        run.started_at or datetime.now(UTC),
        signed_in_person() or str(st.session_state.get(PERSON, "")).strip(),
        run.file.total,
        run.scored,
        len(run.file.problems),
        tuple(run.model_versions),
        None if run.is_done else (run.stopped or "Stopped by a person."),
    )
    try:
        scored_runs().keep(kept, run.result_csv(), problems_csv(run.file.problems))
        st.session_state[UNKEPT] = False
    except OSError:
        st.session_state[UNKEPT] = True
    run.kept = run.scored


def draw_history() -> None:
    """Draw the runs, newest first; the chosen one can be downloaded."""
    runs = scored_runs().newest()
    if not runs and not st.session_state.get(UNKEPT):
        return
    st.header("Scored files", anchor=False)
    if st.session_state.get(UNKEPT):
        st.warning(
            "The last run could not be kept: the console cannot write to its runtime folder.",
            icon=":material/warning:",
        )
    if not runs:
        return
    chosen = st.dataframe(
        harmless(_cells(run) for run in runs),
        key=f"batch_history_{runs[0].run_id}",  # a selection is by position
        height=TABLE_HEIGHT if len(runs) > FEW_RUNS else "content",
        hide_index=True,
        column_config=_columns(),
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        alt="Files that were scored, newest first",
    )
    places = chosen.selection.rows
    _draw_downloads(runs[places[0] if places else 0])
    st.caption(
        f"The last {MOST_RUNS:,} runs of this console. Results are kept until they are 500 MB together, "
        "compressed; then the oldest are removed."
    )


def _draw_downloads(run: ScoredRun) -> None:
    if not run.result_bytes:
        st.caption("The result of this run is not kept any more.")
        return
    stem = run.file.rpartition(".")[0] or run.file
    with st.container(horizontal=True, vertical_alignment="center"):
        _download("result", scored_runs().result, run, f"{stem}_scored.csv", f"{run.scored:,} rows")
        if run.problems:
            problems = f"{run.problems:,} problems"
            _download("problems", scored_runs().problems, run, f"{stem}_problems.csv", problems)
        st.caption(f"{plain(run.file)}, {moment(run.started_at)}")


def _download(kind: str, read: Callable[[str], str], run: ScoredRun, name: str, words: str) -> None:
    st.download_button(
        f"Download {words}",
        lambda: read(run.run_id),
        name,
        "text/csv",
        icon=":material/download:",
        key=f"batch_history_{kind}",
        on_click="ignore",
    )


def _cells(run: ScoredRun) -> dict[str, Any]:
    return {
        "started_at": cell(run.started_at),
        "file": run.file,
        "person": run.person or None,
        "rows": run.rows,
        "scored": run.scored,
        "problems": run.problems,
        "model_versions": ", ".join(run.model_versions),
        "outcome": "Done" if run.stopped is None else run.stopped,
    }


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "started_at": config.DatetimeColumn(
            column_title("Started"), format=COLUMN_FORMAT, width=150
        ),
        "file": config.TextColumn("File", width="medium"),
        "person": config.TextColumn("By", width="small"),
        "rows": config.NumberColumn("Rows", format="%,d", width="small"),
        "scored": config.NumberColumn("Scored", format="%,d", width="small"),
        "problems": config.NumberColumn("Problems", format="%,d", width="small"),
        "model_versions": config.TextColumn("Model version", width="medium"),
        "outcome": config.TextColumn("Outcome", width="medium"),
    }
