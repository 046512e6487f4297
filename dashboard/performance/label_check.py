"""What a file of actual values would change, counted before anything is stored."""

from collections.abc import Sequence

import streamlit as st

from backend.contract.definition import ACCEPTED_TARGETS, TARGET_UNIT
from backend.contract.feedback import (
    LARGEST_FEEDBACK,
    Correction,
    FeedbackItem,
    FeedbackResponse,
)
from dashboard.performance.label_file import LabelFile
from dashboard.shared.service import housing_client
from storage.tables.block import is_out_of_range

CHECKED = "performance_checked"
"""Session state: the last checked file, whether it corrects, and what came of it."""
DRY_CORRECTION = Correction(person="(check)", reason="(check)")
"""A dry run stores neither; with it, values that differ are counted as corrected."""


def checked(found: LabelFile, *, corrects: bool) -> FeedbackResponse:
    """Ask what would become of a file's values; once for each file, until it is saved.

    Raises
    ------
    ClientError
        If the service does not answer.
    """
    known = st.session_state.get(CHECKED)
    if known is not None and known[0] is found and known[1] == corrects:
        answer: FeedbackResponse = known[2]
        return answer
    correction = DRY_CORRECTION if corrects else None
    answer = sent(found.items, correction, dry_run=True)
    st.session_state[CHECKED] = (found, corrects, answer)
    return answer


def forget_check() -> None:
    """Ask again: something was stored."""
    st.session_state.pop(CHECKED, None)


def sent(
    items: Sequence[FeedbackItem], correction: Correction | None = None, *, dry_run: bool = False
) -> FeedbackResponse:
    """Send values, ten thousand at a time, and return the reports as one."""
    client = housing_client()
    parts = [
        client.feedback(list(items[start : start + LARGEST_FEEDBACK]), correction, dry_run=dry_run)
        for start in range(0, len(items), LARGEST_FEEDBACK)
    ]
    return FeedbackResponse(
        accepted=sum(part.accepted for part in parts),
        unknown=[one for part in parts for one in part.unknown],
        duplicate=[one for part in parts for one in part.duplicate],
        conflicting=[one for part in parts for one in part.conflicting],
        corrected=[one for part in parts for one in part.corrected],
        ambiguous=[one for part in parts for one in part.ambiguous],
        dry_run=dry_run,
    )


def saved_number(report: FeedbackResponse) -> int:
    """Return how many values would be stored."""
    return report.accepted + len(report.corrected)


def draw_check(found: LabelFile, report: FeedbackResponse) -> None:
    """Draw how many of a file's values would be stored, and why the others would not."""
    outside = sum(is_out_of_range(problem) for problem in found.problems)
    low, high = (f"{end:g}" for end in ACCEPTED_TARGETS)
    with st.container(key="performance_check"), st.grid(6, min_column_width=120, gap="small"):
        _count("New", report.accepted, "Will be stored.")
        if report.corrected:
            _count("Corrected", len(report.corrected), "Will replace the stored value.")
        else:
            _count(
                "Different",
                len(report.conflicting),
                "Another value is stored and kept. To replace it, tick *Correct stored values*.",
            )
        same = len(report.duplicate) - len(report.conflicting)
        _count("Duplicates", same, "The same value is stored already.")
        _count(
            "Unknown",
            len(report.unknown) + len(report.ambiguous),
            "No prediction has this id, or several with different inputs have this reference.",
        )
        _count("Out of range", outside, f"Not between {low} and {high} (unit: {TARGET_UNIT}).")
        _count("Other problems", len(found.problems) - outside, "Listed below by row.")


def _count(label: str, number: int, words: str) -> None:
    st.metric(label, f"{number:,}", border=True, help=words.replace("$", r"\$"))
