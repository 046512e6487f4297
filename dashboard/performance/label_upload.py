"""Uploading actual values: a template, a file, its problems, and a report of the result."""

from dataclasses import asdict

import streamlit as st

from backend.contract.base import LONGEST_REASON
from backend.contract.definition import TARGET_UNIT
from backend.contract.feedback import (
    LONGEST_NAME,
    Correction,
    FeedbackResponse,
)
from dashboard.performance.label_check import (
    checked,
    draw_check,
    forget_check,
    saved_number,
    sent,
)
from dashboard.performance.label_columns import draw_opened, open_labels
from dashboard.performance.label_file import LabelFile
from dashboard.performance.label_template import draw_template
from dashboard.shared.foreign_text import harmless
from dashboard.shared.service import asking_service
from dashboard.wording.value import escaped
from storage.tables.table import FILE_KINDS

REPORT = "performance_report"
MOST_SHOWN = 1_000
MOST_MEGABYTES = 20


def draw_label_upload() -> None:
    """Draw the upload and, below it, the report of the last file."""
    st.header("Actual values", anchor=False)
    st.caption(
        f"A CSV, Excel or Parquet file with the columns prediction_id and actual{_unit()}. Your own ids, in "
        "a column reference, may stand in place of prediction_id. Rows may be in any order, late or "
        "repeated. A stored value is kept, unless you correct it."
    )
    draw_template()
    st.file_uploader(
        "File of actual values",
        type=FILE_KINDS,
        key="performance_file",
        max_upload_size=MOST_MEGABYTES,
        on_change=_read_upload,
    )
    if (found := draw_opened()) is not None:
        _draw_found(found)
    if (report := st.session_state.get(REPORT)) is not None:
        draw_report(report)


def _unit() -> str:
    return escaped(
        f", in units of {TARGET_UNIT}" if TARGET_UNIT[0].isdigit() else f", in {TARGET_UNIT}"
    )


def _read_upload() -> None:
    _forget_report()
    file = st.session_state["performance_file"]
    open_labels(None if file is None else file.getvalue())


def _draw_found(found: LabelFile) -> None:
    if found.empty:
        st.markdown(f":gray[{found.empty:,} rows have no actual value yet and are skipped.]")
    is_correcting, correction = _correction()
    with asking_service():
        report = checked(found, corrects=is_correcting)
        if REPORT not in st.session_state:  # which says what became of them
            draw_check(found, report)
        _draw_problems(found)
        _draw_save(found, report, is_correcting=is_correcting, correction=correction)


def _draw_save(
    found: LabelFile,
    report: FeedbackResponse,
    *,
    is_correcting: bool,
    correction: Correction | None,
) -> None:
    is_unnamed = is_correcting and correction is None
    pressed = st.button(
        f"Save {saved_number(report):,} values",
        key="performance_attach",
        type="primary",
        icon=":material/add_link:",
        disabled=not saved_number(report) or is_unnamed,
        help="Enter your name and a reason first." if is_unnamed else None,
    )
    if pressed:
        st.session_state[REPORT] = sent(found.items, correction)
        forget_check()
        st.rerun()


def _correction() -> tuple[bool, Correction | None]:
    """Return whether stored values are to be replaced, and by whom and why once both are entered."""
    is_correcting = st.checkbox(
        "Correct stored values",
        key="performance_correct",
        on_change=_forget_report,
        help="Values in the file replace stored ones that differ. The stored ones stay in the history.",
    )
    if not is_correcting:
        return False, None
    person = st.text_input("Your name", key="performance_person", max_chars=LONGEST_NAME).strip()
    reason = st.text_input(
        "Reason for the correction", key="performance_reason", max_chars=LONGEST_REASON
    ).strip()
    return True, Correction(person=person, reason=reason) if person and reason else None


def _draw_problems(found: LabelFile) -> None:
    if not found.problems:
        return
    st.warning(f"{len(found.problems):,} rows with problems:", icon=":material/warning:")
    st.dataframe(
        harmless(asdict(problem) for problem in found.problems[:MOST_SHOWN]),
        key="performance_problems",
        hide_index=True,
        column_config={"row": "Row", "column": "Column", "message": "Problem", "value": "Value"},
        alt="Rows of the file with problems",
    )


def draw_report(report: FeedbackResponse) -> None:
    """Draw how many values were accepted, and the ids of the rest."""
    with st.container(key="performance_attached", border=True):
        accepted, corrected, unknown, duplicate, conflicting = st.columns(5)
        accepted.metric("Accepted", f"{report.accepted:,}")
        corrected.metric(
            "Corrected", f"{len(report.corrected):,}", help="A stored value was replaced."
        )
        unknown.metric("Unknown", f"{len(report.unknown):,}", help="No prediction has this id.")
        duplicate.metric(
            "Duplicates",
            f"{len(report.duplicate):,}",
            help="Already labelled; the stored value is kept.",
        )
        conflicting.metric(
            "Different",
            f"{len(report.conflicting):,}",
            help="The value in the file differs from the one that is kept. To replace it, save the file "
            "again with *Correct stored values*.",
        )
        rows = [
            {"prediction_id": one, "report": name}
            for name, ids in (
                ("unknown id", report.unknown),
                ("different value", report.conflicting),
            )
            for one in ids[:MOST_SHOWN]
        ]
        rows += [
            {"prediction_id": one.reference, "report": f"several: {', '.join(one.prediction_ids)}"}
            for one in report.ambiguous[:MOST_SHOWN]
        ]
        if rows:
            st.dataframe(
                harmless(rows),
                key="performance_not_attached",
                hide_index=True,
                column_config={"prediction_id": "Prediction", "report": "Problem"},
                alt="Ids that were not saved",
            )


def _forget_report() -> None:
    st.session_state.pop(REPORT, None)
